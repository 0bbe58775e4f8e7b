export * from "./access-token.ts";
export * from "./caching.ts";
export * from "./conditional.ts";
export * from "./custom-domain.ts";
export * from "./encoding.ts";
export * from "./etag.ts";
export * from "./hosts.ts";
export * from "./http-date.ts";
export * from "./intent.ts";
export * from "./last-modified.ts";
export * from "./mounts.ts";
export * from "./path.ts";
export * from "./range.ts";
export type { Credentials } from "./rules/header-rule.ts";
export { compileHeaders, type HeaderChange, type HeaderDecision, type HeaderMatcher } from "./rules/header-matcher.ts";
export {
  compileRedirects,
  type RedirectMatcher,
  type RuleDecision,
  type RuleRequest,
} from "./rules/redirect-matcher.ts";
export * from "./rules/site-rules.ts";
export * from "./view.ts";
