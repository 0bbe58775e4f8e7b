import { expect, test } from "bun:test";
import type { ReleaseFile } from "./api.ts";
import { listLines, makeTree } from "./file-tree.ts";

const files = (...paths: string[]): ReleaseFile[] =>
  paths.map((path) => ({ path, hash: "0".repeat(64), size: path.length, content_type: "text/plain" }));

const tree = makeTree(files("a/b/c.txt", "a/d.txt", "b.txt", "ab/e.txt"));

test("folders come first, each with the size and number of all that is in it", () => {
  expect(tree.children.map(({ name }) => name)).toEqual(["a", "ab", "b.txt"]);
  expect(tree.children[0]).toMatchObject({ path: "a", fileCount: 2, size: "a/b/c.txt".length + "a/d.txt".length });
  expect(tree.fileCount).toBe(4);
});

test("what is in a folder is seen where it is open, and one step further in", () => {
  const lines = (...open: string[]) =>
    listLines(tree, (folder) => open.includes(folder)).map(({ node, depth }) => " ".repeat(depth) + node.name);
  expect(lines()).toEqual(["a", "ab", "b.txt"]);
  expect(lines("a", "a/b")).toEqual(["a", " b", "  c.txt", " d.txt", "ab", "b.txt"]);
  expect(lines("a/b")).toEqual(["a", "ab", "b.txt"]);
});
