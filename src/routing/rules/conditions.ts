import type { RequestHeaders } from "../conditional.ts";
import type { Conditions, QueryCondition } from "./redirect-rule.ts";

/** What conditions look at. */
export interface Visitor {
  readonly headers: RequestHeaders;
  /** The header in which a proxy tells the visitor's country, in lower case; undefined where none does. */
  readonly countryHeader: string | undefined;
}

/** Whether all conditions hold. Tells `onRead` the header that each looked at, for `Vary`. */
export function conditionsHold(conditions: Conditions, visitor: Visitor, onRead: (header: string) => void): boolean {
  const { countries, languages, cookies } = conditions;
  if (countries.length > 0) {
    onRead("Cookie");
    if (visitor.countryHeader !== undefined) onRead(visitor.countryHeader);
    const country = countryOf(visitor);
    if (country === undefined || !countries.includes(country)) return false;
  }
  if (languages.length > 0) {
    onRead("Cookie");
    onRead("Accept-Language");
    const language = languageOf(visitor.headers);
    if (language === undefined || !languages.some((range) => isInRange(language, range))) return false;
  }
  if (cookies.length > 0) {
    onRead("Cookie");
    const sent = parseCookies(visitor.headers.get("cookie"));
    if (!cookies.some((name) => sent.has(name))) return false;
  }
  return true;
}

/** The cookie is how a site lets its visitors choose, as on Netlify. */
function countryOf({ headers, countryHeader }: Visitor): string | undefined {
  const chosen = parseCookies(headers.get("cookie")).get("nf_country");
  const told = countryHeader === undefined ? null : headers.get(countryHeader);
  return (chosen ?? told ?? undefined)?.trim().toUpperCase();
}

const languageOf = (headers: RequestHeaders): string | undefined =>
  parseCookies(headers.get("cookie")).get("nf_lang")?.toLowerCase() ??
  preferredLanguage(headers.get("accept-language"));

/** The language that the visitor likes best, in lower case: of two alike the first (RFC 9110, section 12.5.4). */
export function preferredLanguage(header: string | null): string | undefined {
  let [best, bestQuality] = [undefined as string | undefined, 0];
  for (const item of (header ?? "").split(",")) {
    const [language = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    if (language !== "" && language !== "*" && quality > bestQuality) [best, bestQuality] = [language, quality];
  }
  return best;
}

/** RFC 4647, section 3.3.1: `en` holds for `en-gb`, `en-gb` not for `en`. */
const isInRange = (language: string, range: string): boolean => language === range || language.startsWith(`${range}-`);

export function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const [, name = "", value = ""] = /^\s*([^=]*?)\s*=\s*"?(.*?)"?\s*$/s.exec(pair) ?? [];
    if (name !== "" && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}

/** Parameters of a query, and the query without those that a rule asked for. */
export interface MatchedQuery {
  readonly captures: ReadonlyMap<string, string>;
  /** With its question mark, or empty. */
  readonly rest: string;
}

/** Undefined where a parameter is missing or has another value. Others that the request has make no difference. */
export function matchQuery(conditions: readonly QueryCondition[], query: string): MatchedQuery | undefined {
  const captures = new Map<string, string>();
  if (conditions.length === 0) return { captures, rest: query };
  const parameters = query.slice(1).split("&");
  for (const { name, value } of conditions) {
    const index = parameters.findIndex((parameter) => decodeParameter(parameter.split("=", 1)[0]!) === name);
    if (index === -1) return undefined;
    const [parameter = ""] = parameters.splice(index, 1);
    const equals = parameter.indexOf("=");
    const given = equals === -1 ? "" : decodeParameter(parameter.slice(equals + 1));
    if (value.kind === "text" ? given !== value.text : given === "") return undefined;
    if (value.kind === "any") captures.set(value.as, given);
  }
  return { captures, rest: parameters.some((parameter) => parameter !== "") ? `?${parameters.join("&")}` : "" };
}

/** As HTML forms write it; what is not well encoded stays as it is. */
function decodeParameter(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
