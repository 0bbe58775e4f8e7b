import { expect, test } from "bun:test";
import { rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { makeTree, type TemporaryFolder } from "../temporary-tree.ts";
import { FileTable, type HashedFile } from "./file-table.ts";
import { hashFiles } from "./hash.ts";
import { scanFolder } from "./scan.ts";
import { readStatCache, statCacheFile, writeStatCache } from "./stat-cache.ts";

const { signal } = new AbortController();
/** Long after every file was written: nothing is racy. */
const LATER_MS = Date.now() + 60_000;

async function readThrough(tree: TemporaryFolder, cacheFile: string, options: { wantsSha256?: boolean } = {}) {
  const scan = await scanFolder(tree.folder, { isIgnored: () => false, allowCaseCollisions: false, signal });
  const cache = await readStatCache(cacheFile);
  return await hashFiles(scan.files, { cache, wantsSha256: false, signal, onHashed: () => {}, ...options });
}

test("a tree that has not changed is not read again", async () => {
  await using tree = await makeTree({ "a.txt": "one", "b.txt": "two" });
  await using caches = await makeTree({});
  const cacheFile = join(caches.folder, "deep", "cache.json");
  const first = await readThrough(tree, cacheFile);
  expect(first.read).toBe(2);
  expect(await writeStatCache(cacheFile, first.files, LATER_MS)).toBe(true);
  const second = await readThrough(tree, cacheFile);
  expect(second.read).toBe(0);
  const shown = ({ path, file, size, mtimeMs, digest }: HashedFile) => ({ path, file, size, mtimeMs, digest });
  expect(second.files.map(shown)).toEqual(first.files.map(shown));
});

test("a file whose size and mtime are kept but whose content changed is read again", async () => {
  await using tree = await makeTree({ "a.txt": "one" });
  await using caches = await makeTree({});
  const cacheFile = join(caches.folder, "cache.json");
  const moment = new Date("2020-01-01");
  await utimes(join(tree.folder, "a.txt"), moment, moment);
  const first = await readThrough(tree, cacheFile);
  await writeStatCache(cacheFile, first.files, LATER_MS);
  await tree.write({ "new.txt": "two" });
  await rename(join(tree.folder, "new.txt"), join(tree.folder, "a.txt"));
  await utimes(join(tree.folder, "a.txt"), moment, moment);
  const second = await readThrough(tree, cacheFile);
  expect(second.read).toBe(1);
  expect(second.files.at(0)!.digest).not.toBe(first.files.at(0)!.digest);
});

test("a file that changed just before the scan is not trusted", async () => {
  await using tree = await makeTree({ "a.txt": "one" });
  await using caches = await makeTree({});
  const cacheFile = join(caches.folder, "cache.json");
  const first = await readThrough(tree, cacheFile);
  await writeStatCache(cacheFile, first.files, Date.now());
  expect((await readThrough(tree, cacheFile)).read).toBe(1);
});

test("a file is read again where its SHA-256 is wanted and not known, and then both are known", async () => {
  await using tree = await makeTree({ "a.txt": "abc" });
  await using caches = await makeTree({});
  const cacheFile = join(caches.folder, "cache.json");
  await writeStatCache(cacheFile, (await readThrough(tree, cacheFile)).files, LATER_MS);
  const second = await readThrough(tree, cacheFile, { wantsSha256: true });
  expect(second.read).toBe(1);
  expect(second.files.at(0)!.sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  await writeStatCache(cacheFile, second.files, LATER_MS);
  expect((await readThrough(tree, cacheFile, { wantsSha256: true })).read).toBe(0);
});

test.each(["", "{", "[]", '{"format":1,"rows":{"a.txt":[3]}}', '{"format":2,"rows":{"a.txt":[]}}', '{"format":1}'])(
  "a damaged cache, %p, is an empty one",
  async (text) => {
    await using tree = await makeTree({ "a.txt": "one" });
    await using caches = await makeTree({ "cache.json": text });
    expect((await readThrough(tree, join(caches.folder, "cache.json"))).read).toBe(1);
  },
);

test("where the cache cannot be written, that is told and harmless", async () => {
  await using caches = await makeTree({ file: "not a folder" });
  expect(
    await writeStatCache(join(caches.folder, "file", "cache.json"), new FileTable().sorted().withHashes(), LATER_MS),
  ).toBe(false);
});

test("each folder has its own cache, below XDG_CACHE_HOME or ~/.cache", () => {
  expect(statCacheFile({}, "/home/me", "/a")).toMatch(/^\/home\/me\/\.cache\/sitepod\/hashes\/[0-9a-f]{32}\.cache$/);
  expect(statCacheFile({ XDG_CACHE_HOME: "/var/c" }, "/home/me", "/a")).toMatch(/^\/var\/c\/sitepod\//);
  expect(statCacheFile({}, "/home/me", "/a")).not.toBe(statCacheFile({}, "/home/me", "/b"));
});
