import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parsePodPath } from "#model";
import { formatRequestPath, parseRequestPath, splitUrl } from "./path.ts";

test.each([
  ["/", ""],
  ["/docs/", "docs/"],
  ["/a/b.html", "a/b.html"],
  ["/a%20b/c%23d", "a b/c#d"],
  ["/100%25", "100%"],
  ["/%E4%BD%A0.html", "你.html"],
  ["/a+b", "a+b"],
  ["/...", "..."],
  ["/.well-known/x", ".well-known/x"],
])("%s is the path %p", (raw, path) => {
  expect(parseRequestPath(raw)).toEqual({ kind: "path", path });
});

test.each([
  "//evil.example/x",
  "/a//b",
  "/a/../b",
  "/..",
  "/./a",
  "/%2e%2e/etc/passwd",
  "/a%2fb",
  "/a%2Fb",
  "/a%5cb",
  "/a\\b",
  "/%2f%2fevil.example",
  `/${"a".repeat(4000)}`,
])("%s leads nowhere", (raw) => {
  expect(parseRequestPath(raw)).toEqual({ kind: "nowhere" });
});

test.each(["/%", "/%zz", "/%00", "/a%0ab", "/%7f", "/%ff", "/%c0%af", "/%ed%a0%80", "", "x"])(
  "%p is malformed",
  (raw) => {
    expect(parseRequestPath(raw)).toEqual({ kind: "malformed" });
  },
);

test.each([
  ["http://a.test/x?y=1", "/x", "?y=1"],
  ["https://a.test/", "/", ""],
  ["http://a.test//evil.example/x", "//evil.example/x", ""],
  ["http://a.test/x#f?y", "/x", ""],
  ["http://a.test/x?y#f", "/x", "?y"],
  ["http://[::1]:80/x?http://b/", "/x", "?http://b/"],
  ["/x?y", "/x", "?y"],
])("%s splits into path and query", (url, path, query) => {
  expect(splitUrl(url)).toEqual({ path, query });
});

describe("for any input", () => {
  const podPath = fc.string({ unit: "grapheme" }).filter((text) => parsePodPath(text).ok);

  test("every path of a pod can be asked for", () => {
    fc.assert(
      fc.property(podPath, (path) => {
        expect(parseRequestPath(formatRequestPath(path))).toEqual({ kind: "path", path });
      }),
    );
  });

  test("what is read is a pod's path, or a folder's, or the root", () => {
    const hostile = fc.string({ unit: fc.constantFrom(..."ab./\\%2fFcC0eE5\0") });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (text) => {
        const parsed = parseRequestPath(`/${text}`);
        if (parsed.kind !== "path" || parsed.path === "") return;
        expect(parsePodPath(parsed.path.replace(/\/$/, "")).ok).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
