import { expect, test } from "bun:test";
import { keepPrivate } from "./keep-private.ts";

test.each([
  [undefined, "private"],
  ["public", "private"],
  ["no-store", "private, no-store"],
  ["public, max-age=0, must-revalidate", "private, max-age=0, must-revalidate"],
  ["public, max-age=31536000, immutable", "private, max-age=31536000, immutable"],
  ["max-age=60, PUBLIC", "private, max-age=60"],
  ["s-maxage=600, max-age=60, proxy-revalidate", "private, max-age=60"],
  ['private="x-a, x-b", max-age=1', "private, max-age=1"],
])("Cache-Control %p becomes %p", (before, after) => {
  const headers = new Headers(before === undefined ? {} : { "Cache-Control": before });
  expect(keepPrivate(new Response("", { headers })).headers.get("Cache-Control")).toBe(after);
});

test("the policies that caches between have for themselves go", () => {
  const headers = { "CDN-Cache-Control": "max-age=60", "Cloudflare-CDN-Cache-Control": "x", "Surrogate-Control": "y" };
  expect([...keepPrivate(new Response("", { headers })).headers.keys()]).toEqual(["cache-control"]);
});
