import { expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { blake3 } from "@napi-rs/blake-hash";
import { makeTree } from "../temporary-tree.ts";
import { hashFiles, WHOLE_FILE_BYTES } from "./hash.ts";
import { scanFolder } from "./scan.ts";

const { signal } = new AbortController();
const options = { cache: { find: () => undefined }, wantsSha256: false, signal, onHashed: () => {} };
const scan = async (folder: string) =>
  (await scanFolder(folder, { isIgnored: () => false, allowCaseCollisions: false, signal })).files;

test("small files and streamed ones get their BLAKE3", async () => {
  const large = Buffer.alloc(WHOLE_FILE_BYTES + 1, 7);
  await using tree = await makeTree({ empty: "", "large.bin": large, "small.txt": "hello" });
  const { files, faults } = await hashFiles(await scan(tree.folder), options);
  expect(faults).toEqual([]);
  expect(files.map(({ path, digest }) => [path as string, digest as string])).toEqual([
    ["empty", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"],
    ["large.bin", blake3(large).toString("hex")],
    ["small.txt", "ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f"],
  ]);
});

test("each file is told as it is hashed", async () => {
  await using tree = await makeTree({ a: "1", b: "22" });
  const told: number[] = [];
  await hashFiles(await scan(tree.folder), { ...options, onHashed: ({ size }) => told.push(size) });
  expect(told.sort()).toEqual([1, 2]);
});

test("a file that grows or goes after it was seen is a fault", async () => {
  await using tree = await makeTree({ gone: "1", grown: "1", kept: "1" });
  const files = await scan(tree.folder);
  await tree.write({ grown: "12" });
  await rm(join(tree.folder, "gone"));
  const hashing = await hashFiles(files, options);
  expect(hashing.faults).toEqual(['"gone" cannot be read (ENOENT)', '"grown" is changing while it is being deployed']);
  expect(hashing.files.map(({ path }) => path as string)).toEqual(["kept"]);
});
