import { accepted, type Parsed, refused } from "#model";
import type { Captures } from "./path-pattern.ts";

/** Where a rule leads. Path, query and fragment may hold `:name`. */
export interface Target {
  /** Scheme and authority, or undefined on the same site. They are literal: a visitor never chooses the host. */
  readonly origin: string | undefined;
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** With its number sign, or empty. */
  readonly fragment: string;
}

const ABSOLUTE = /^(https?:\/\/)([^/?#\\]*)(.*)$/is;
const IPV6 = /^\[[0-9a-f:.]*\]/i;
const PARTS = /^([^?#]*)(\?[^#]*)?(#.*)?$/s;
const NAME = /:([A-Za-z]\w*)/g;
/** What a URL holds only percent-encoded: all but printable ASCII, and the characters that parsers disagree about. */
// eslint-disable-next-line no-control-regex
const UNSAFE = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** Parses a path that starts with one slash, or an http(s) URL. The fault is a sentence. */
export function parseTarget(text: string): Parsed<Target> {
  const [, scheme, authority, rest] = ABSOLUTE.exec(text) ?? [];
  if (scheme === undefined) {
    if (!text.startsWith("/")) return refused("The target must start with /, http:// or https://.");
    if (/^\/[/\\]/.test(text)) return refused("The target starts with //, which is another host. Write https:// too.");
    return accepted({ origin: undefined, ...splitTarget(text) });
  }
  if (/:[A-Za-z]|\*/.test(authority!.replace(IPV6, ""))) {
    return refused("A placeholder in the host would let visitors choose where they are sent. Write the host out.");
  }
  if (authority!.includes("@")) return refused("The target holds a user name or password. Leave it out.");
  const url = URL.parse(`${scheme}${authority}/`);
  if (!url) return refused(`${JSON.stringify(authority)} is not a host.`);
  return accepted({ origin: url.origin, ...splitTarget(rest!.startsWith("/") ? rest! : `/${rest}`) });
}

/** The names of placeholders that a target uses. A number after a colon is a port or a time, not a placeholder. */
export function namesInTarget({ path, query, fragment }: Target): string[] {
  const text = path + query + fragment;
  return text.includes(":") ? Array.from(text.matchAll(NAME), ([, name]) => name!) : [];
}

/** Fills in the path, percent-encoded. On the same site it never starts with two slashes, whatever a placeholder holds. */
export function fillPath({ origin, path }: Target, captures: Captures): string {
  const filled = encodeUnsafe(fill(path, captures, encodePath));
  return origin === undefined ? filled.replace(/\/{2,}/g, "/") : filled;
}

/** Fills in the query, or hands on the request's where the target has none of its own. */
export const fillQuery = ({ query }: Target, captures: Captures, requestQuery: string): string =>
  query === "" ? encodeUnsafe(requestQuery) : encodeUnsafe(fill(query, captures, encodeValue));

export const fillFragment = ({ fragment }: Target, captures: Captures): string =>
  encodeUnsafe(fill(fragment, captures, encodePath));

function splitTarget(text: string): Omit<Target, "origin"> {
  const [, path = "/", query = "", fragment = ""] = PARTS.exec(text) ?? [];
  return { path, query: query === "?" ? "" : query, fragment };
}

/** Names that the source does not have stay as they are. */
const fill = (template: string, captures: Captures, encode: (value: string) => string): string =>
  captures.size === 0
    ? template
    : template.replace(NAME, (whole, name: string) => {
        const value = captures.get(name);
        return value === undefined ? whole : encode(value);
      });

const encodePath = (value: string): string => encodeURI(value.toWellFormed()).replace(/[?#]/g, encodeURIComponent);

/** In a query & and = would begin another parameter. */
const encodeValue = (value: string): string => encodeURIComponent(value.toWellFormed());

/** Percent-encodes what may not stand in a URL; what is percent-encoded already stays. */
const encodeUnsafe = (text: string): string => text.replace(UNSAFE, encodeCharacter);

const encodeCharacter = (character: string): string => encodeURIComponent(character.toWellFormed());
