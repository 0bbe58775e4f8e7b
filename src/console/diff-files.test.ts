import { expect, test } from "bun:test";
import type { ReleaseFile } from "./api.ts";
import { compareAs, diffFiles, summarize } from "./diff-files.ts";

const file = (path: string, hash: string, size: number): ReleaseFile => ({
  path,
  hash,
  size,
  content_type: "text/plain",
});

const before = [file("index.html", "a", 10), file("old.css", "b", 20), file("same.js", "c", 30)];
const after = [file("index.html", "d", 15), file("same.js", "c", 30), file("about.html", "e", 40)];

test("files are added, changed by content, or removed; those that are the same are left out", () => {
  const type = "text/plain";
  expect(diffFiles(before, after)).toEqual([
    { path: "about.html", kind: "added", before: undefined, after: 40, type },
    { path: "index.html", kind: "changed", before: 10, after: 15, type },
    { path: "old.css", kind: "removed", before: 20, after: undefined, type },
  ]);
});

test("a change is seen where the size stays the same", () => {
  expect(diffFiles([file("a", "x", 1)], [file("a", "y", 1)])).toHaveLength(1);
});

test("a release does not differ from itself", () => {
  expect(diffFiles(before, before)).toEqual([]);
});

test("the summary counts each kind and the bytes gained", () => {
  expect(summarize(diffFiles(before, after))).toEqual({ added: 1, changed: 1, removed: 1, bytes: 25 });
});

test.each([
  ["text/html; charset=utf-8", 10, "text"],
  ["application/manifest+json", 10, "text"],
  ["text/javascript", 2_000_000, "large"],
  ["image/svg+xml", 2_000_000, "image"],
  ["font/woff2", 10, "opaque"],
] as const)("a change of %s, %d bytes, is shown as %s", (type, after, way) => {
  expect(compareAs({ path: "a", kind: "changed", before: undefined, after, type })).toBe(way);
});
