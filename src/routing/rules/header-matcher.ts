import { hostAsPath } from "./cloudflare-headers.ts";
import { globKeyOf, matchGlob } from "./glob.ts";
import type { Credentials, HeaderField, HeaderRule } from "./header-rule.ts";
import { type Captures, indexKeyOf, matchPathPattern, splitPath } from "./path-pattern.ts";
import { createPatternIndex } from "./pattern-index.ts";

/** One thing to do to the headers of an answer, in order. Names are in lower case. */
export type HeaderChange =
  | { readonly kind: "set" | "append"; readonly name: string; readonly value: string }
  | { readonly kind: "remove"; readonly name: string };

/** What the owner of a site says of the answers at a path. */
export interface HeaderDecision {
  readonly changes: readonly HeaderChange[];
  /** Each list must hold the visitor's user and password; no lists: everybody may come in. */
  readonly locks: readonly (readonly Credentials[])[];
}

export interface HeaderMatcher {
  /**
   * @param host in lower case, without port
   * @param path decoded, without its first slash
   */
  match(host: string, path: string): HeaderDecision;
  readonly count: number;
}

const NOTHING: HeaderDecision = { changes: [], locks: [] };

/** Makes a matcher of all rules of a file, which are of one dialect. All that match are applied, in their order. */
export function compileHeaders(rules: readonly HeaderRule[]): HeaderMatcher {
  const isGlob = rules[0]?.place.kind === "glob";
  const index = createPatternIndex();
  for (const [number, { place }] of rules.entries()) {
    const { segments, isOpen } = place.kind === "glob" ? globKeyOf(place.glob) : indexKeyOf(place.path);
    index.add(segments, isOpen, number);
  }
  return {
    match(host, path) {
      const found = index.find(splitPath(isGlob ? path.toLowerCase() : path, isGlob));
      if (found.length === 0) return NOTHING;
      const changes: HeaderChange[] = [];
      const locks: (readonly Credentials[])[] = [];
      const seen = new Set<string>();
      for (const number of found) {
        const rule = rules[number]!;
        const captures = matchPlace(rule, host, path);
        if (!captures) continue;
        if (rule.credentials) locks.push(rule.credentials);
        for (const name of rule.unset) changes.push({ kind: "remove", name });
        for (const field of rule.set) changes.push(changeOf(field, isGlob, seen, captures));
      }
      return { changes, locks };
    },
    count: rules.length,
  };
}

const NO_CAPTURES: Captures = new Map();

function matchPlace({ place }: HeaderRule, host: string, path: string): Captures | undefined {
  if (place.kind === "glob") return matchGlob(place.glob, path) ? NO_CAPTURES : undefined;
  const fromHost = place.host ? matchPathPattern(place.host, hostAsPath(host)) : NO_CAPTURES;
  const fromPath = fromHost && matchPathPattern(place.path, path);
  return fromHost && fromPath && (fromHost.size === 0 ? fromPath : new Map([...fromHost, ...fromPath]));
}

/**
 * With Netlify a later rule replaces what an earlier one set; with Cloudflare it adds to it. Cookies never replace one
 * another, and `Vary` only grows: what the server's own answer depends on stays true.
 */
function changeOf(field: HeaderField, replaces: boolean, seen: Set<string>, captures: Captures): HeaderChange {
  const { name } = field;
  const value = captures.size === 0 ? field.value : fillValue(field.value, captures);
  const grows = name === "set-cookie" || name === "vary" || (!replaces && seen.has(name));
  seen.add(name);
  return { kind: grows ? "append" : "set", name, value };
}

/** Captures come from a URL: percent-encoded again, they hold nothing that a header cannot. */
const fillValue = (value: string, captures: Captures): string =>
  value.replace(/:([A-Za-z]\w*)/g, (whole, name: string) => {
    const captured = captures.get(name);
    return captured === undefined ? whole : encodeURI(captured.toWellFormed());
  });
