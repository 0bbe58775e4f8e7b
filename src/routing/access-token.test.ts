import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type AccessSubject, checkAccessToken, findLinkToken, formatAccessToken } from "./access-token.ts";

const subject: AccessSubject = { pointer: "shop prod", secret: "0a".repeat(32) };
const EXPIRES_S = 2_000_000_000;
const BEFORE_MS = EXPIRES_S * 1000 - 1;

const token = formatAccessToken("link", subject, EXPIRES_S);
const check = (text: string, of: Partial<AccessSubject> = {}, nowMs = BEFORE_MS) =>
  checkAccessToken("link", { ...subject, ...of }, text, nowMs);

describe("an access token", () => {
  test("opens its subject until it expires", () => {
    expect(check(token)).toBe(EXPIRES_S);
    expect(check(token, {}, BEFORE_MS + 1)).toBeUndefined();
  });

  test("opens nothing else: no other pointer, secret or kind", () => {
    expect(check(token, { pointer: "shop beta" })).toBeUndefined();
    expect(check(token, { secret: "0b".repeat(32) })).toBeUndefined();
    expect(checkAccessToken("cookie", subject, token, BEFORE_MS)).toBeUndefined();
  });

  test("cannot be given a longer life", () => {
    expect(check(token.replace(/^2/, "3"))).toBeUndefined();
    expect(check(`0${token}`)).toBeUndefined();
  });

  test("is refused when any character of it is another", () => {
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.string({ minLength: 1, maxLength: 1, unit: "grapheme-ascii" }),
        (i, c) => {
          fc.pre(token[i] !== c);
          expect(check(token.slice(0, i) + c + token.slice(i + 1))).toBeUndefined();
        },
      ),
    );
  });

  test.each([
    "",
    ".",
    `${EXPIRES_S}`,
    `${EXPIRES_S}.`,
    `${token} `,
    `${token}.x`,
    `9${"9".repeat(12)}.${token.slice(11)}`,
  ])("that is %p is none", (text) => expect(check(text)).toBeUndefined());
});

test.each([
  ["", undefined],
  ["?", undefined],
  ["?sitepod_accesses=1", undefined],
  ["?a=sitepod_access=1", undefined],
  ["?sitepod_access=t", { token: "t", rest: "" }],
  ["?a=%20&sitepod_access=t&b", { token: "t", rest: "?a=%20&b" }],
  ["?sitepod_access=t&sitepod_access=u", { token: "t", rest: "" }],
  ["?sitepod_access=", { token: "", rest: "" }],
])("the token of the query %p is found and taken out", (query, found) => {
  expect(findLinkToken(query)).toEqual(found as ReturnType<typeof findLinkToken>);
});
