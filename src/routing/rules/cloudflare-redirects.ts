import { accepted, type Parsed, refused } from "#model";
import { collectRedirects } from "./collect-redirects.ts";
import { leadsToItself } from "./loops.ts";
import { isStatic, parsePathPattern } from "./path-pattern.ts";
import { isRedirect, type RedirectRule, REDIRECT_STATUSES, UNCONDITIONAL } from "./redirect-rule.ts";
import type { ParsedRules, RuleLine } from "./rule-fault.ts";
import { parseTarget } from "./target.ts";

/** Cloudflare's own limits, so that a file which works here works there. */
export const MAX_STATIC_REDIRECTS = 2000;
export const MAX_DYNAMIC_REDIRECTS = 100;
/** Characters. */
export const MAX_LINE_LENGTH = 2000;
const DEFAULT_STATUS = 302;

/** Parses `_redirects` as Cloudflare does: `from to [status]`. */
export function parseCloudflareRedirects(file: string): ParsedRules<RedirectRule> {
  const sources = new Map<string, number>();
  let [statics, dynamics] = [0, 0];
  return collectRedirects(file, parseLine, (rule) => {
    const first = sources.get(rule.source);
    if (first !== undefined) return `Line ${first} has the same source and comes first. This line is left out.`;
    sources.set(rule.source, rule.line);
    if (dynamics === 0 && isStatic(rule.pattern)) {
      return ++statics > MAX_STATIC_REDIRECTS
        ? `There are more than ${MAX_STATIC_REDIRECTS} rules without * or :name. This line is left out.`
        : undefined;
    }
    return ++dynamics > MAX_DYNAMIC_REDIRECTS
      ? `There are more than ${MAX_DYNAMIC_REDIRECTS} rules from the first one with * or :name on. This line is left out; put plain rules first.`
      : undefined;
  });
}

function parseLine({ line, text }: RuleLine): Parsed<RedirectRule> {
  if (text.length > MAX_LINE_LENGTH) return refused(`The line is longer than ${MAX_LINE_LENGTH} characters.`);
  const words = text.split(/\s+/);
  const comment = words.findIndex((word, index) => index >= 2 && word.startsWith("#"));
  const tokens = comment === -1 ? words : words.slice(0, comment);
  const [from = "", to = "", statusText = `${DEFAULT_STATUS}`] = tokens;
  if (tokens.length < 2 || tokens.length > 3) {
    return refused(`A rule is a source, a target and maybe a status; this line has ${tokens.length} words.`);
  }
  if (/^https?:\/\//i.test(from)) return refused("The source is a path, without a host. Start it with /.");
  const source = `${from.startsWith("/") ? "" : "/"}${from}`.replace(/[?#].*$/, "");
  const pattern = parsePathPattern(source, "cloudflare");
  if (!pattern.ok) return pattern;
  const target = parseTarget(to);
  if (!target.ok) return target;
  const status = Number(statusText);
  if (status !== 200 && !REDIRECT_STATUSES.includes(status)) {
    return refused(`${JSON.stringify(statusText)} is not a status. Use 200, 301, 302, 303, 307 or 308.`);
  }
  if (status === 200 && target.value.origin !== undefined) {
    return refused("A 200 leads to a path of this site. Only Netlify's dialect can ask another server.");
  }
  const rule: RedirectRule = {
    line,
    host: undefined,
    source,
    pattern: pattern.value,
    query: [],
    target: target.value,
    status,
    wins: true,
    conditions: UNCONDITIONAL,
  };
  return leadsToItself(rule) || leadsToIndex(rule)
    ? refused("This rule leads to itself, as /index.html is shown as /. It is left out.")
    : accepted(rule);
}

/** Clean URLs send `/index.html` and `/index` on to `/`, which such a rule would match again. */
const leadsToIndex = (rule: RedirectRule): boolean =>
  rule.target.origin === undefined &&
  (rule.source.endsWith("/*") || (isRedirect(rule) && rule.source === "/")) &&
  /\/index(?:\.html)?$/.test(rule.target.path);
