import { expect, test } from "bun:test";
import type { Mount } from "#model";
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
