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

const DATE = "Sun, 22 Nov 2026 05:00:00 GMT";
const BEFORE = "Sun, 22 Nov 2026 04:59:59 GMT";
const AFTER = "Sun, 22 Nov 2026 05:00:01 GMT";
const dated = { etag: ETAG, size: 10, hasRanges: true, modifiedS: Date.parse(DATE) / 1000 };
const notModified = { kind: "not-modified" } as const;
const failed = { kind: "precondition-failed" } as const;

test.each([
  ["If-Modified-Since is its date", { "If-Modified-Since": DATE }, notModified],
  ["If-Modified-Since is after it", { "If-Modified-Since": AFTER }, notModified],
  ["If-Modified-Since is before it", { "If-Modified-Since": BEFORE }, whole],
  [
    "If-Modified-Since is its date as RFC 850 has it",
    { "If-Modified-Since": "Sunday, 22-Nov-26 05:00:00 GMT" },
    notModified,
  ],
  ["If-Modified-Since is its date as asctime has it", { "If-Modified-Since": "Sun Nov 22 05:00:00 2026" }, notModified],
  ["If-Modified-Since is no date", { "If-Modified-Since": "yesterday" }, whole],
  ["If-Modified-Since is there twice", { "If-Modified-Since": `${DATE}, ${DATE}` }, whole],
  ["If-None-Match has another tag, whatever the date", { "If-None-Match": '"x"', "If-Modified-Since": AFTER }, whole],
  ["If-None-Match has the tag, whatever the date", { "If-None-Match": ETAG, "If-Modified-Since": BEFORE }, notModified],
  ["If-None-Match is no tag, whatever the date", { "If-None-Match": "x", "If-Modified-Since": AFTER }, whole],
  ["If-Unmodified-Since is its date", { "If-Unmodified-Since": DATE }, whole],
  ["If-Unmodified-Since is after it", { "If-Unmodified-Since": AFTER }, whole],
  ["If-Unmodified-Since is before it", { "If-Unmodified-Since": BEFORE }, failed],
  ["If-Unmodified-Since is no date", { "If-Unmodified-Since": "x" }, whole],
  ["If-Match has the tag, whatever the date", { "If-Match": ETAG, "If-Unmodified-Since": BEFORE }, whole],
  ["If-Match has another tag, whatever the date", { "If-Match": '"x"', "If-Unmodified-Since": AFTER }, failed],
  [
    "If-Unmodified-Since comes before If-Modified-Since",
    { "If-Unmodified-Since": BEFORE, "If-Modified-Since": AFTER },
    failed,
  ],
  ["If-Unmodified-Since comes before If-None-Match", { "If-Unmodified-Since": BEFORE, "If-None-Match": ETAG }, failed],
  ["If-Modified-Since comes before Range", { "If-Modified-Since": DATE, Range: "bytes=0-1" }, notModified],
  ["If-Range is its date", { Range: "bytes=0-1", "If-Range": DATE }, part],
  [
    "If-Range is its date as RFC 850 has it",
    { Range: "bytes=0-1", "If-Range": "Sunday, 22-Nov-26 05:00:00 GMT" },
    part,
  ],
  ["If-Range is after it: only the same will do", { Range: "bytes=0-1", "If-Range": AFTER }, whole],
  ["If-Range is before it", { Range: "bytes=0-1", "If-Range": BEFORE }, whole],
] as const)("of what has a date, when %s", (_, conditions, expected) => {
  for (const method of ["GET", "HEAD"]) {
    const isPart = expected === part && method === "HEAD";
    const headers = new Headers(conditions as Record<string, string>);
    expect(selectContent(method, headers, dated)).toEqual(isPart ? whole : expected);
  }
});

test("a date does not tell codings apart, so no range follows from it", () => {
  const headers = new Headers({ Range: "bytes=0-1", "If-Range": DATE });
  expect(selectContent("GET", headers, { ...dated, hasCodings: true })).toEqual(whole);
});

test.each(["If-Modified-Since", "If-Unmodified-Since"])("of what has no date, %s is not looked at", (name) => {
  for (const date of [BEFORE, AFTER]) {
    const headers = new Headers({ [name]: date });
    expect(selectContent("GET", headers, { etag: ETAG, size: 10, hasRanges: true })).toEqual(whole);
  }
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
