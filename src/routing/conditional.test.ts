import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { matchesStrongly, matchesWeakly, parseEtags, selectContent } from "./conditional.ts";

const ETAG = '"abc"';
const whole = { kind: "whole" } as const;
const part = { kind: "ranges", ranges: [{ first: 0, last: 1 }] } as const;
const date = "Sun, 22 Nov 2026 05:00:00 GMT";

test.each([
  ["nothing is asked", "GET", {}, whole],
  ["If-None-Match has the tag", "GET", { "If-None-Match": ETAG }, { kind: "not-modified" }],
  ["If-None-Match has another tag", "GET", { "If-None-Match": '"x"' }, whole],
  ["If-None-Match has the tag, of HEAD", "HEAD", { "If-None-Match": ETAG }, { kind: "not-modified" }],
  ["If-None-Match comes before Range", "GET", { "If-None-Match": ETAG, Range: "bytes=0-1" }, { kind: "not-modified" }],
  ["If-Match has the tag", "GET", { "If-Match": ETAG }, whole],
  ["If-Match has another tag", "GET", { "If-Match": '"x"' }, { kind: "precondition-failed" }],
  ["If-Match is malformed", "GET", { "If-Match": "abc" }, { kind: "precondition-failed" }],
  [
    "If-Match comes before If-None-Match",
    "GET",
    { "If-Match": '"x"', "If-None-Match": ETAG },
    { kind: "precondition-failed" },
  ],
  ["a range is asked", "GET", { Range: "bytes=0-1" }, part],
  ["a range is asked of HEAD", "HEAD", { Range: "bytes=0-1" }, whole],
  ["If-Range has the tag", "GET", { Range: "bytes=0-1", "If-Range": ETAG }, part],
  ["If-Range has another tag", "GET", { Range: "bytes=0-1", "If-Range": '"x"' }, whole],
  ["If-Range has the tag, weak", "GET", { Range: "bytes=0-1", "If-Range": `W/${ETAG}` }, whole],
  ["If-Range has a date", "GET", { Range: "bytes=0-1", "If-Range": date }, whole],
  ["If-Range is alone", "GET", { "If-Range": '"x"' }, whole],
] as const)("when %s", (_, method, conditions, expected) => {
  expect(
    selectContent(method, new Headers(conditions as Record<string, string>), { etag: ETAG, size: 10, hasRanges: true }),
  ).toEqual(expected);
});

test.each([
  ['"abc"', true, true],
  ['W/"abc"', false, true],
  ["*", true, true],
  ['"x", "abc"', true, true],
  ['"x",W/"abc" ,, "y"', false, true],
  ['"x", "y"', false, false],
  ['"a,b", "abc"', true, true],
  ['"abc', false, false],
  ["abc", false, false],
  ['"x" "abc"', false, false],
  ['w/"abc"', false, false],
  ['*, "abc"', false, false],
  ["", false, false],
])("%s matches strongly: %p, weakly: %p", (header, strongly, weakly) => {
  expect(matchesStrongly(header, ETAG)).toBe(strongly);
  expect(matchesWeakly(header, ETAG)).toBe(weakly);
});

describe("for any input", () => {
  const tag = fc
    .tuple(fc.boolean(), fc.stringMatching(/^[\x21\x23-\x7e]*$/))
    .map(([weak, text]) => `${weak ? "W/" : ""}"${text}"`);

  test("a list of tags is read back, whatever lies between them", () => {
    fc.assert(
      fc.property(fc.array(tag), fc.constantFrom(",", ", ", " ,\t", ",,"), (tags, separator) => {
        expect(parseEtags(tags.join(separator))).toEqual(tags);
      }),
    );
  });

  test("a text is read to its end or refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'"W/, \tab*') }), (header) => {
        const tags = parseEtags(header);
        if (tags) expect(header.replaceAll(/[, \t]/g, "")).toBe(tags.join("").replaceAll(/[, \t]/g, ""));
      }),
    );
  });
});
