import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Mount, parseMountPath } from "#model";
import { findMount } from "./mounts.ts";

const mount = (path: string): Mount => ({ path, label: "docs", environment: "prod" });
const paths = ["/", "/blog", "/blog/old", "/a.b"];

test.each([
  ["/", "/"],
  ["/x", "/"],
  ["/blog", "/blog"],
  ["/blog/", "/blog"],
  ["/blog/x.html", "/blog"],
  ["/blogger", "/"],
  ["/blog.html", "/"],
  ["/Blog/", "/"],
  ["/%62log/", "/"],
  ["/blog/old", "/blog/old"],
  ["/blog/old/x", "/blog/old"],
  ["/blog/older", "/blog"],
  ["/x/blog/", "/"],
  ["//blog/", "/"],
  ["/aXb/", "/"],
])("%s falls under %s", (path, expected) => {
  expect(findMount(paths.map(mount), path)?.path).toBe(expected);
  expect(findMount(paths.toReversed().map(mount), path)?.path).toBe(expected);
});

test("without a mount of the whole host, other paths fall under none", () => {
  expect(findMount([mount("/blog")], "/blogger")).toBeUndefined();
  expect(findMount([], "/")).toBeUndefined();
});

test("what is found is a whole part of the path, and nothing longer would do", () => {
  const segment = fc.constantFrom("a", "ab", "b", "a.b");
  const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  fc.assert(
    fc.property(fc.uniqueArray(path), path, (mounted, asked) => {
      const mounts = mounted.map(mount);
      const isUnder = (prefix: string) => prefix === "/" || `${asked}/`.startsWith(`${prefix}/`);
      const longest = mounted.filter(isUnder).toSorted((x, y) => y.length - x.length)[0];
      expect(mounts.every((candidate) => parseMountPath(candidate.path).ok)).toBe(true);
      expect(findMount(mounts, asked)?.path).toBe(longest!);
    }),
  );
});
