import { expect, test } from "bun:test";
import fc from "fast-check";
import { globKeyOf, matchGlob, parseGlob } from "./glob.ts";

test.each([
  ["/", "", true],
  ["/", "a", false],
  ["/a", "a", true],
  ["/a", "A/", true],
  ["/A/", "a", true],
  ["/a", "a/b", false],
  ["/*", "", true],
  ["/*", "a/b", true],
  ["/a/*", "a", true],
  ["/a/*", "a/", true],
  ["/a/*", "a/b/c", true],
  ["/a/*", "ab", false],
  ["/*/b", "b", true],
  ["/*/b", "a/b", true],
  ["/*/b", "a/c/b", true],
  ["/*/b", "ab", false],
  ["/a/*/b", "a/b", true],
  ["/a/*/b", "a/x/y/b", true],
  ["/a/*/b", "a/x/y/bc", false],
  ["/*.js", "a.js", true],
  ["/*.js", "x/y.JS", true],
  ["/*.js", "a.jsx", false],
  ["/as*s/*.js", "assets/x/y.js", true],
  ["/as*s/*.js", "as/s/y.js", true],
  ["/as*s/*.js", "as/y.js", false],
  ["/:x", "a", true],
  ["/:x", "", false],
  ["/:x", "a/b", false],
  ["/a/:x/c", "a/b/c", true],
  ["/a/:x/c", "a/b/d/c", false],
  ["/*/:x/c", "p/q/b/c", true],
  ["/a*:x", "a1:x", true],
  ["/caf%c3%a9/*", "café/x", true],
  ["/a.c", "abc", false],
  ["/%zz", "%zz", true],
])("%s against %j is %p", (pattern, path, matches) => {
  const glob = parseGlob(pattern);
  expect(matchGlob(glob, path)).toBe(matches);
});

test("a glob of many stars does not take long", () => {
  const glob = parseGlob(`/${"a*".repeat(200)}b`);
  const start = performance.now();
  expect(matchGlob(glob, "a".repeat(1000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(500);
});

test("stars match what a regular expression of the same meaning does", () => {
  const part = fc.constantFrom("a", "b", "*", "a*", "*b", "a*b", ":x");
  const word = fc.constantFrom("a", "b", "ab", "aab", "abb");
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), fc.array(word, { maxLength: 5 }), (parts, words) => {
      const source = parts.map((text) => {
        if (text === "*") return "(?:/.*)?";
        return text === ":x" ? "/[^/]+" : `/${text.replace("*", ".*")}`;
      });
      const pattern = new RegExp(`^${source.join("")}$`);
      const path = words.join("/");
      expect(matchGlob(parseGlob(`/${parts.join("/")}`), path)).toBe(
        pattern.test(words.length === 0 ? "" : `/${path}`),
      );
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["/", [], false],
  ["/a/b", ["a", "b"], false],
  ["/a/*", ["a"], true],
  ["/a/b*", ["a"], true],
  ["/a/:x/b", ["a"], true],
  ["/*", [], true],
  ["/*.js", [], true],
])("%s begins with %j", (pattern, segments, isOpen) => {
  expect(globKeyOf(parseGlob(pattern))).toEqual({ segments, isOpen });
});
