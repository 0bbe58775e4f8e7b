import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import { type BlobCache, openBlobCache } from "./blob-cache.ts";
import { filled } from "./conformance-contents.ts";
import { Scratch } from "./scratch.ts";
import { verifiedBody } from "./verified-body.ts";

const contents = [1, 2, 3].map((seed) => filled(1000, seed));
const [a, b, c] = contents.map(hashBytes) as [Digest, Digest, Digest];

let folder: string;
let fetched: Digest[];
let stored: Map<Digest, Uint8Array<ArrayBuffer>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sitepod-cache-"));
  await mkdir(join(folder, "tmp"));
  fetched = [];
  stored = new Map(contents.map((bytes) => [hashBytes(bytes), bytes]));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (maxBytes: number): Promise<BlobCache> =>
  openBlobCache({
    folder,
    scratch: new Scratch(join(folder, "tmp")),
    maxBytes,
    async fetch(key) {
      const digest = key as Digest;
      fetched.push(digest);
      const bytes = stored.get(digest);
      return bytes && { size: bytes.length, body: verifiedBody(new Blob([bytes]).stream(), digest, bytes.length) };
    },
  });

const cached = async () => new Set((await readdir(folder)).filter((name) => name !== "tmp"));

test("a blob is fetched once, also when many want it at the same time", async () => {
  const cache = await open(10_000);
  const paths = await Promise.all(Array.from({ length: 5 }, () => cache.findPath(a)));
  paths.push(await cache.findPath(a));
  for (const path of paths) expect(await Bun.file(path!).bytes()).toEqual(contents[0]!);
  expect(fetched).toEqual([a]);
});

test("a blob that is absent is looked for again", async () => {
  stored.delete(a);
  const cache = await open(10_000);
  expect(await cache.findPath(a)).toBeUndefined();
  stored.set(a, contents[0]!);
  expect(await cache.findPath(a)).toBeDefined();
});

test("a blob that comes in with other bytes is not kept", async () => {
  stored.set(a, contents[1]!);
  const cache = await open(10_000);
  await expect(cache.findPath(a)).rejects.toThrow("has the hash");
  expect(await cached()).toEqual(new Set());
  stored.set(a, contents[0]!);
  expect(await cache.findPath(a)).toBeDefined();
});

/** Runs `use`, then lets the minute pass that a dropped file stays. */
async function aMinutePasses(use: () => Promise<void>): Promise<void> {
  jest.useFakeTimers();
  try {
    await use();
    jest.advanceTimersByTime(60_000);
  } finally {
    jest.useRealTimers();
  }
}

async function untilCached(count: number): Promise<void> {
  while ((await cached()).size !== count) await Bun.sleep(1);
}

test("what was used longest ago makes room, a minute later", async () => {
  await aMinutePasses(async () => {
    const cache = await open(2000);
    for (const digest of [a, b, a, c]) await cache.findPath(digest);
    expect(await cached()).toEqual(new Set([a, b, c]));
  });
  await untilCached(2);
  expect(await cached()).toEqual(new Set([a, c]));
});

test("what was dropped and is wanted again within the minute stays", async () => {
  await aMinutePasses(async () => {
    const cache = await open(1000);
    for (const digest of [a, b, a]) await cache.findPath(digest);
  });
  await untilCached(1);
  expect(await cached()).toEqual(new Set([a]));
});

test("what was cached before a restart is used, and makes room too", async () => {
  await (await open(2000)).findPath(a);
  await aMinutePasses(async () => {
    const cache = await open(1000);
    await cache.findPath(a);
    expect(fetched).toEqual([a]);
    await cache.findPath(b);
  });
  await untilCached(1);
  expect(await cached()).toEqual(new Set([b]));
});
