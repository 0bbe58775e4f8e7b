import type { PathPattern } from "./path-pattern.ts";
import type { Target } from "./target.ts";

/** A parameter that the request's query must have: with this value, or with any, which gets a name. */
export interface QueryCondition {
  readonly name: string;
  readonly value: { readonly kind: "text"; readonly text: string } | { readonly kind: "any"; readonly as: string };
}

/** What must hold of a request beside its address; an empty list asks nothing. Of a list one entry must hold. */
export interface Conditions {
  /** ISO 3166 codes, in upper case. */
  readonly countries: readonly string[];
  /** RFC 4647 ranges, in lower case. */
  readonly languages: readonly string[];
  /** Names of cookies that the browser sends. */
  readonly cookies: readonly string[];
}

export const UNCONDITIONAL: Conditions = { countries: [], languages: [], cookies: [] };

/** One line of `_redirects`. */
export interface RedirectRule {
  readonly line: number;
  /** In lower case; undefined where the rule is for every host of the site. */
  readonly host: string | undefined;
  /** The path as it was written. */
  readonly source: string;
  readonly pattern: PathPattern;
  readonly query: readonly QueryCondition[];
  readonly target: Target;
  readonly status: number;
  /** Whether the rule also holds where a file would answer. */
  readonly wins: boolean;
  readonly conditions: Conditions;
}

/** Statuses that send the browser elsewhere; with all others the target is what is answered. */
export const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];

export const isRedirect = ({ status }: Pick<RedirectRule, "status">): boolean => REDIRECT_STATUSES.includes(status);

/** Whether a rule's target is on another server, which is asked on behalf of the visitor. */
export const isProxy = ({ status, target }: Pick<RedirectRule, "status" | "target">): boolean =>
  status === 200 && target.origin !== undefined;
