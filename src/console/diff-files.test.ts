import { expect, test } from "bun:test";
import type { ReleaseFile } from "./api.ts";
import { diffFiles, summarize } from "./diff-files.ts";

const file = (path: string, hash: string, size: number): ReleaseFile => ({
  path,
  hash,
  size,
  content_type: "text/plain",
});

const before = [file("index.html", "a", 10), file("old.css", "b", 20), file("same.js", "c", 30)];
const after = [file("index.html", "d", 15), file("same.js", "c", 30), file("about.html", "e", 40)];

test("files are added, changed by content, or removed; those that are the same are left out", () => {
  expect(diffFiles(before, after)).toEqual([
    { path: "about.html", kind: "added", before: undefined, after: 40 },
    { path: "index.html", kind: "changed", before: 10, after: 15 },
    { path: "old.css", kind: "removed", before: 20, after: undefined },
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
