import { type Captures, indexKeyOf, isStatic, matchPathPattern, splitPath } from "./path-pattern.ts";
import { conditionsHold, matchQuery, type Visitor } from "./conditions.ts";
import { createPatternIndex } from "./pattern-index.ts";
import { isProxy, isRedirect, type RedirectRule } from "./redirect-rule.ts";
import { fillFragment, fillPath, fillQuery } from "./target.ts";

/** What a request is, as far as rules ask. */
export interface RuleRequest extends Visitor {
  /** The host name, in lower case, without port. */
  readonly host: string;
  /** Decoded, without its first slash. */
  readonly path: string;
  /** As it was sent, with its question mark, or empty. */
  readonly query: string;
  /** Whether a file of the site answers at the path: asked only where a rule would give way to one. */
  readonly hasFile: () => boolean;
}

/** What a rule makes of a request. */
export type Outcome =
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  /** Answer with what is at another path of the site (percent-encoded, with its first slash), under this status. */
  | { readonly kind: "rewrite"; readonly status: number; readonly path: string }
  /** Ask another server, and hand on what it says. */
  | { readonly kind: "proxy"; readonly url: string };

export type RuleDecision = (Outcome | { readonly kind: "none" }) & {
  /** The headers that had a say, for `Vary`. */
  readonly vary: readonly string[];
};

export interface RedirectMatcher {
  match(request: RuleRequest): RuleDecision;
  readonly count: number;
}

const NONE: RuleDecision = { kind: "none", vary: [] };

/**
 * Makes a matcher of rules, of which the first that holds is taken. Rules for one path are found in a map, the others
 * by their segments, so that a request looks at the few that could match, however many there are.
 */
export function compileRedirects(rules: readonly RedirectRule[]): RedirectMatcher {
  const ignoresSlash = rules[0]?.pattern.ignoresSlash ?? true;
  const exact = new Map<string, number[]>();
  const dynamic = createPatternIndex();
  for (const [number, { pattern }] of rules.entries()) {
    const { segments, isOpen } = indexKeyOf(pattern);
    if (!isStatic(pattern)) {
      dynamic.add(segments, isOpen, number);
      continue;
    }
    const key = segments.join("/");
    const numbers = exact.get(key);
    if (numbers) numbers.push(number);
    else exact.set(key, [number]);
  }

  return {
    match(request) {
      const segments = splitPath(request.path, ignoresSlash);
      const plain = exact.get(segments.join("/")) ?? [];
      const others = dynamic.find(segments);
      if (plain.length + others.length === 0) return NONE;
      const vary = new Set<string>();
      for (const number of inOrder(plain, others)) {
        const decision = apply(rules[number]!, request, (header) => vary.add(header));
        if (decision) return { ...decision, vary: [...vary] };
      }
      return vary.size === 0 ? NONE : { kind: "none", vary: [...vary] };
    },
    count: rules.length,
  };
}

/** Goes through two ascending lists as one. */
function* inOrder(a: readonly number[], b: readonly number[]): Generator<number> {
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    yield (a[i] ?? Infinity) < (b[j] ?? Infinity) ? a[i++]! : b[j++]!;
  }
}

function apply(rule: RedirectRule, request: RuleRequest, onRead: (header: string) => void): Outcome | undefined {
  if (rule.host !== undefined && rule.host !== request.host) return undefined;
  const path = matchPathPattern(rule.pattern, request.path);
  if (!path) return undefined;
  const query = matchQuery(rule.query, request.query);
  if (!query) return undefined;
  if (!rule.wins && request.hasFile()) return undefined;
  if (!conditionsHold(rule.conditions, request, onRead)) return undefined;
  return lead(rule, request, new Map([...path, ...query.captures]), query.rest);
}

/** Follows a rule to its target. Undefined where that is where the request came from, which would go on for ever. */
function lead(rule: RedirectRule, request: RuleRequest, captures: Captures, rest: string): Outcome | undefined {
  const { target, status } = rule;
  const path = fillPath(target, captures);
  if (!isRedirect(rule) && !isProxy(rule)) return { kind: "rewrite", status, path };
  const query = fillQuery(target, captures, rest);
  if (isProxy(rule)) return { kind: "proxy", url: `${target.origin}${path}${query}` };
  if (query === request.query && isSamePlace(rule, request, path)) return undefined;
  const location = `${target.origin ?? ""}${path}${query}${fillFragment(target, captures)}`;
  return { kind: "redirect", status, location };
}

function isSamePlace({ pattern, target }: RedirectRule, request: RuleRequest, path: string): boolean {
  if (target.origin !== undefined && URL.parse(target.origin)?.hostname !== request.host) return false;
  const key = (text: string) => splitPath(text, pattern.ignoresSlash).join("/");
  try {
    return key(decodeURIComponent(path.slice(1))) === key(request.path);
  } catch {
    return false;
  }
}
