import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "./http-date.ts";

const NOW_S = Date.UTC(2026, 10, 26) / 1000;
const EXAMPLE_S = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000;

test.each([
  ["Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE_S],
  ["Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE_S],
  ["Sun Nov  6 08:49:37 1994", EXAMPLE_S],
  ["Wed Nov 16 08:49:37 1994", EXAMPLE_S + 10 * 86_400],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["Thu, 29 Feb 2024 23:59:59 GMT", Date.UTC(2024, 1, 29, 23, 59, 59) / 1000],
  ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1) / 1000],
])("%s is read", (text, seconds) => {
  expect(parseHttpDate(text, NOW_S)).toBe(seconds);
});

test.each([
  ["Monday, 01-Jan-00 00:00:00 GMT", 2000],
  ["Monday, 01-Jan-26 00:00:00 GMT", 2026],
  ["Monday, 01-Jan-76 00:00:00 GMT", 2076],
  ["Monday, 01-Jan-77 00:00:00 GMT", 1977],
  ["Monday, 01-Jan-99 00:00:00 GMT", 1999],
])("a year of two digits is at most 50 years ahead: %s is in %i", (text, year) => {
  expect(new Date(parseHttpDate(text, NOW_S)! * 1000).getUTCFullYear()).toBe(year);
});

test.each([
  "",
  "yesterday",
  "0",
  "784111777",
  "1994-11-06T08:49:37Z",
  "Sun, 06 Nov 1994 08:49:37",
  "Sun, 06 Nov 1994 08:49:37 UTC",
  "Sun, 06 Nov 1994 08:49:37 +0000",
  "Sun, 06 Nov 1994 08:49:37 gmt",
  "sun, 06 nov 1994 08:49:37 GMT",
  "Sun, 6 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 94 08:49:37 GMT",
  "Sun, 06 November 1994 08:49:37 GMT",
  "Sun 06 Nov 1994 08:49:37 GMT",
  " Sun, 06 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 1994 08:49:37 GMT ",
  "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
  "Sun, 00 Nov 1994 08:49:37 GMT",
  "Sun, 31 Nov 1994 08:49:37 GMT",
  "Wed, 29 Feb 2023 08:49:37 GMT",
  "Sun, 06 Nov 1994 24:00:00 GMT",
  "Sun, 06 Nov 1994 08:60:37 GMT",
  "Sun, 06 Nov 1994 08:49:61 GMT",
  "Sun, 06-Nov-94 08:49:37 GMT",
  "Sunday, 06-Nov-1994 08:49:37 GMT",
  "Sunday, 31-Nov-94 08:49:37 GMT",
  "Sun Nov 06 08:49:37 94",
  "Sun Nov 6 08:49:37 1994",
])("%p is no date", (text) => {
  expect(parseHttpDate(text, NOW_S)).toBeUndefined();
});

describe("for any time", () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(seconds, (time) => {
        expect(formatHttpDate(time)).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
        expect(parseHttpDate(formatHttpDate(time), NOW_S)).toBe(time);
      }),
    );
  });

  test("a text is read as a time or refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."SunNov6 :,0194GMT-3") }), (text) => {
        const time = parseHttpDate(text, NOW_S);
        expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
      }),
    );
  });
});
