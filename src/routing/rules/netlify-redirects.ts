import { accepted, type Parsed, refused } from "#model";
import { collectRedirects } from "./collect-redirects.ts";
import { leadsToItself } from "./loops.ts";
import { parsePathPattern } from "./path-pattern.ts";
import {
  type Conditions,
  type QueryCondition,
  type RedirectRule,
  REDIRECT_STATUSES,
  UNCONDITIONAL,
} from "./redirect-rule.ts";
import type { ParsedRules, RuleLine } from "./rule-fault.ts";
import { parseTarget } from "./target.ts";

/** More than anybody has, and still read in a second. */
export const MAX_NETLIFY_RULES = 100_000;
const DEFAULT_STATUS = 301;

/** Parses `_redirects` as Netlify does: `from [name=value…] [to] [status[!]] [Condition=a,b…]`. */
export function parseNetlifyRedirects(file: string): ParsedRules<RedirectRule> {
  let count = 0;
  return collectRedirects(file, parseLine, () =>
    ++count > MAX_NETLIFY_RULES
      ? `There are more than ${MAX_NETLIFY_RULES} rules. This line is left out; use * and :name.`
      : undefined,
  );
}

function parseLine({ line, text }: RuleLine): Parsed<RedirectRule> {
  const tokens = text.split(/\s+/);
  const comment = tokens.findIndex((token) => token.startsWith("#"));
  const [from = "", ...parts] = comment === -1 ? tokens : tokens.slice(0, comment);
  const source = parseSource(from);
  if (!source.ok) return source;
  const { host, path } = source.value;
  const pattern = parsePathPattern(path, "netlify");
  if (!pattern.ok) return pattern;
  const split = splitParts(path, parts);
  if (!split.ok) return split;
  const query = parseQueryConditions(split.value.query);
  if (!query.ok) return query;
  const target = parseTarget(split.value.to);
  if (!target.ok) return target;
  const status = parseStatus(split.value.status);
  if (!status.ok) return status;
  const conditions = parseConditions(split.value.conditions);
  if (!conditions.ok) return conditions;
  if (target.value.origin !== undefined && status.value.status > 399) {
    return refused(`Only 200 can ask another server. Point status ${status.value.status} at a page of this site.`);
  }
  const rule: RedirectRule = {
    line,
    host,
    source: path,
    pattern: pattern.value,
    query: query.value,
    target: target.value,
    ...status.value,
    conditions: conditions.value,
  };
  if (leadsToItself(rule)) {
    return refused("This redirect leads to itself: slashes at the end and HTTPS are the server's own matter.");
  }
  return accepted(rule);
}

function parseSource(from: string): Parsed<{ host: string | undefined; path: string }> {
  const [, host, rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(from) ?? [];
  const path = host === undefined ? from : rest === "" ? "/" : rest;
  if (!path.startsWith("/")) return refused("The source must start with /, http:// or https://.");
  if (/[?#]/.test(path)) return refused("The source is a path alone. Write a query as name=value behind it.");
  if (path.startsWith("/.netlify")) return refused("/.netlify is Netlify's own; nothing is there on this server.");
  if (host === undefined) return accepted({ host, path });
  const hostname = URL.parse(`http://${host}/`)?.hostname;
  if (hostname === undefined || /[:*@]/.test(host.replace(/:\d+$/, ""))) {
    return refused(`${JSON.stringify(host)} is not a host name. Placeholders are for paths.`);
  }
  return accepted({ host: hostname, path });
}

interface Parts {
  readonly query: readonly string[];
  readonly to: string;
  readonly status: string | undefined;
  readonly conditions: readonly string[];
}

/** Tells the parts after the source apart, of which each but the target or the status may be missing. */
function splitParts(path: string, parts: readonly string[]): Parsed<Parts> {
  const at = parts.findIndex((part) => /^(?:\/|https?:)/i.test(part));
  const [first = ""] = parts;
  if (STATUS.test(first) || (parts.length > 0 && at === -1)) {
    if (!/^2\d\d!?$/.test(first) || !path.endsWith("/*")) {
      return refused("The target is missing: a path that starts with /, or a URL with http:// or https://.");
    }
    return accepted({ query: [], to: path.replace(/\*$/, ":splat"), status: first, conditions: parts.slice(1) });
  }
  if (at === -1) return refused("The target is missing: write where the source leads to behind it.");
  const after = parts.slice(at + 1);
  const hasStatus = after.length > 0 && !after[0]!.includes("=");
  return accepted({
    query: parts.slice(0, at),
    to: parts[at]!,
    status: hasStatus ? after[0] : undefined,
    conditions: hasStatus ? after.slice(1) : after,
  });
}

const STATUS = /^\d+!?$/;

function parseStatus(text: string | undefined): Parsed<{ status: number; wins: boolean }> {
  if (text === undefined) return accepted({ status: DEFAULT_STATUS, wins: false });
  const status = STATUS.test(text) ? Number.parseInt(text, 10) : Number.NaN;
  const isKnown = status === 200 || REDIRECT_STATUSES.includes(status) || (status >= 400 && status <= 599);
  return isKnown
    ? accepted({ status, wins: text.endsWith("!") })
    : refused(
        `${JSON.stringify(text)} is not a status. Use 200, 301, 302, 303, 307, 308, or 400 to 599, and ! to win.`,
      );
}

function parseQueryConditions(texts: readonly string[]): Parsed<QueryCondition[]> {
  const conditions: QueryCondition[] = [];
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) {
      return refused(`${JSON.stringify(text)} is neither a target nor a query parameter, such as id=:id.`);
    }
    const as = /^:([A-Za-z]\w*)$/.exec(value!)?.[1];
    conditions.push({ name, value: as === undefined ? { kind: "text", text: value! } : { kind: "any", as } });
  }
  return accepted(conditions);
}

function parseConditions(texts: readonly string[]): Parsed<Conditions> {
  if (texts.length === 0) return accepted(UNCONDITIONAL);
  const conditions = { countries: [] as string[], languages: [] as string[], cookies: [] as string[] };
  for (const text of texts) {
    const [name = "", list = ""] = text.split("=", 2);
    const values = list.split(",").filter((value) => value !== "");
    switch (name.toLowerCase()) {
      case "country":
        conditions.countries.push(...values.map((value) => value.toUpperCase()));
        break;
      case "language":
        conditions.languages.push(...values.map((value) => value.toLowerCase()));
        break;
      case "cookie":
        conditions.cookies.push(...values);
        break;
      case "role":
        return refused("Role needs Netlify's own log-in, which this server has not. The rule is left out.");
      case "sign":
      case "signed":
        return refused("Signed proxying is not supported. The rule is left out.");
      default:
        return refused(`${JSON.stringify(text)} is not a condition. Use Country=, Language= or Cookie=.`);
    }
    if (values.length === 0) return refused(`${name} names nothing. Write a list such as ${name}=a,b.`);
  }
  return accepted(conditions);
}
