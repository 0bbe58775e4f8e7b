import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest, PodPath } from "#model";
import { FileTable } from "./file-table.ts";

const digestOf = (beginning: string): Digest => beginning.padEnd(64, "0") as Digest;

/** A table of files with these digests, named by their places. */
function listOf(digests: readonly Digest[]) {
  const table = new FileTable();
  const stats = { size: 1, mtimeMs: 2.5, ctimeMs: 3.5, inode: 4 };
  for (const i of digests.keys()) table.add(`${i}`.padStart(6, "0") as PodPath, { path: "", real: "/site/" }, stats);
  const files = table.sorted();
  table.prepareHashes(false);
  for (const [i, digest] of digests.entries()) table.setHashes(i, { digest });
  return files.withHashes();
}

test("a file is read as it was put in, and lies where its place says", () => {
  const table = new FileTable();
  const stats = { size: 2 ** 40, mtimeMs: 1.25, ctimeMs: 2.5, inode: 2 ** 50 };
  table.add("docs/b.html" as PodPath, { path: "docs/", real: "/elsewhere/" }, stats);
  table.add("a.html" as PodPath, { path: "a.html", real: "/target of a link" }, stats);
  const shown = table.sorted().map(({ path, file, size, mtimeMs, ctimeMs, inode }) => ({
    path: path as string,
    file,
    stats: { size, mtimeMs, ctimeMs, inode },
  }));
  expect(shown).toEqual([
    { path: "a.html", file: "/target of a link", stats },
    { path: "docs/b.html", file: "/elsewhere/b.html", stats },
  ]);
});

test("content that several files have is there once, under the first path; digests that begin alike are not one", () => {
  const digests = ["aa", "aa", "bb", "aaaaaa01", "aa", "aaaaaa02", "aaaaaa01"].map(digestOf);
  expect(
    listOf(digests)
      .distinct()
      .map(({ path }) => Number(path)),
  ).toEqual([0, 2, 3, 5]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...digests)), (drawn) => {
      const first = drawn.filter((digest, i) => drawn.indexOf(digest) === i);
      expect(
        listOf(drawn)
          .distinct()
          .map(({ digest }) => digest),
      ).toEqual(first);
    }),
  );
});

test("a list has more files than a table begins with room for", () => {
  const digests = Array.from({ length: 3000 }, (_, i) => digestOf(i.toString(16).padStart(8, "0")));
  const files = listOf(digests);
  expect(files.distinct().map(({ digest }) => digest)).toEqual(digests);
  expect(files.slice(2998, 5000).map(({ path, inode }) => [Number(path), inode])).toEqual([
    [2998, 4],
    [2999, 4],
  ]);
});
