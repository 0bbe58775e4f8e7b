import { expect, test } from "bun:test";
import { conditionsHold, matchQuery, parseCookies, preferredLanguage } from "./conditions.ts";
import { type Conditions, type QueryCondition, UNCONDITIONAL } from "./redirect-rule.ts";

function holds(conditions: Partial<Conditions>, headers: Record<string, string>) {
  const read: string[] = [];
  const visitor = { headers: new Headers(headers), countryHeader: "x-country" };
  return { holds: conditionsHold({ ...UNCONDITIONAL, ...conditions }, visitor, (name) => read.push(name)), read };
}

test.each([
  [null, undefined],
  ["", undefined],
  ["en", "en"],
  ["de-CH, de;q=0.9, en;q=0.8", "de-ch"],
  ["en;q=0.5, fr", "fr"],
  ["en;q=0.5,fr;q=0.5", "en"],
  ["*, de;q=0.1", "de"],
  ["en;q=0", undefined],
  ["en;q=x, de;q=0.1", "de"],
])("of %j the language liked best is %j", (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});

test.each([
  [["en"], { "Accept-Language": "en-GB" }, true],
  [["en-gb"], { "Accept-Language": "en" }, false],
  [["en"], { "Accept-Language": "eng" }, false],
  [["fr", "de"], { "Accept-Language": "de, fr;q=0.9" }, true],
  [["fr"], { "Accept-Language": "de, fr;q=0.9" }, false],
  [["fr"], { "Accept-Language": "de", Cookie: "nf_lang=fr" }, true],
  [["fr"], {}, false],
])("languages %j for %j: %p", (languages, headers, expected) => {
  expect(holds({ languages }, headers as Record<string, string>).holds).toBe(expected);
});

test.each([
  [["AU", "NZ"], { "X-Country": "nz" }, true],
  [["AU"], { "X-Country": "US" }, false],
  [["AU"], {}, false],
  [["AU"], { "X-Country": "US", Cookie: "nf_country=au" }, true],
])("countries %j for %j: %p", (countries, headers, expected) => {
  expect(holds({ countries }, headers as Record<string, string>).holds).toBe(expected);
});

test("a country is unknown where nobody tells it", () => {
  const visitor = { headers: new Headers({ "X-Country": "AU" }), countryHeader: undefined };
  expect(conditionsHold({ ...UNCONDITIONAL, countries: ["AU"] }, visitor, () => {})).toBe(false);
});

test.each([
  [["a"], "a=1", true],
  [["a", "b"], "x=1; b=", true],
  [["a"], "b=a", false],
  [["a"], "A=1", false],
])("cookies %j for %j: %p", (cookies, cookie, expected) => {
  expect(holds({ cookies }, { Cookie: cookie }).holds).toBe(expected);
});

test("each condition tells what it looked at, up to the first that does not hold", () => {
  expect(holds({ languages: ["en"], cookies: ["a"] }, {}).read).toEqual(["Cookie", "Accept-Language"]);
  expect(holds({ countries: ["AU"] }, {}).read).toEqual(["Cookie", "x-country"]);
  expect(holds({}, {}).read).toEqual([]);
});

test("cookies are read as browsers send them, of two alike the first", () => {
  expect(Object.fromEntries(parseCookies(' a=1; b="2";c = 3 ; a=4; d; =5'))).toEqual({ a: "1", b: "2", c: "3" });
});

const any = (name: string): QueryCondition => ({ name, value: { kind: "any", as: name } });
const is = (name: string, text: string): QueryCondition => ({ name, value: { kind: "text", text } });

test.each([
  [[], "?a=1", {}, "?a=1"],
  [[any("id")], "?id=7", { id: "7" }, ""],
  [[any("id")], "?x=1&id=a%20b+c&y", { id: "a b c" }, "?x=1&y"],
  [[any("id")], "?id=%zz", { id: "%zz" }, ""],
  [[any("a"), any("b")], "?b=2&a=1", { a: "1", b: "2" }, ""],
  [[is("tag", "new")], "?tag=new", {}, ""],
  [[is("tag", "")], "?tag", {}, ""],
  [[is("a b", "1")], "?a%20b=1", {}, ""],
])("%j of %j", (conditions, query, captures, rest) => {
  const matched = matchQuery(conditions, query);
  expect(matched && { captures: Object.fromEntries(matched.captures), rest: matched.rest }).toEqual({ captures, rest });
});

test.each([
  [[any("id")], ""],
  [[any("id")], "?id"],
  [[any("id")], "?id="],
  [[any("id")], "?ID=7"],
  [[is("tag", "new")], "?tag=old"],
  [[any("a"), any("b")], "?a=1"],
])("%j is not in %j", (conditions, query) => {
  expect(matchQuery(conditions, query)).toBeUndefined();
});
