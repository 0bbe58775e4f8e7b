import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
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
let nowMs: number;
let fetched: Digest[];
let stored: Map<Digest, Uint8Array<ArrayBuffer>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sitepod-cache-"));
  await mkdir(join(folder, "tmp"));
  fetched = [];
  nowMs = Date.now();
  stored = new Map(contents.map((bytes) => [hashBytes(bytes), bytes]));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (maxBytes: number): Promise<BlobCache> =>
  openBlobCache({
    folder,
    scratch: new Scratch(join(folder, "tmp")),
    maxBytes,
    nowMs: () => nowMs,
    async fetch(key) {
      const digest = key.slice(0, 64) as Digest;
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

test("what was cached before a restart is used, and of it what was used longest ago makes room", async () => {
  const before = await open(3000);
  for (const digest of [b, a, c]) await before.findPath(digest);
  nowMs += 60_000;
  for (const digest of [c, a]) await before.findPath(digest);
  expect(fetched).toEqual([b, a, c]);
  await aMinutePasses(async () => {
    nowMs += 60_000;
    const after = await open(2000);
    for (const digest of [c, a]) await after.findPath(digest);
  });
  expect(fetched).toEqual([b, a, c]);
  await untilCached(2);
  expect(await cached()).toEqual(new Set([a, c]));
});

describe("a file that is no longer what came in is fetched again", () => {
  const altered = contents[0]!.with(500, contents[0]![500]! ^ 1);
  const day = 24 * 60 * 60 * 1000;

  for (const [what, bytes, laterMs] of [
    ["cut short", contents[0]!.slice(0, 999), 0],
    ["altered, a day after it was looked at", altered, day],
  ] as const) {
    test(what, async () => {
      const cache = await open(10_000);
      await Bun.write((await cache.findPath(a))!, bytes);
      nowMs += laterMs;
      const paths = await Promise.all([cache.findPath(a), cache.findPath(a)]);
      for (const path of paths) expect(await Bun.file(path!).bytes()).toEqual(contents[0]!);
      expect(fetched).toEqual([a, a]);
    });
  }

  for (const [what, key] of [
    ["altered before a restart", a],
    ["altered before a restart, and named by another content", `${a}.br`],
  ] as const) {
    test(what, async () => {
      await Bun.write((await (await open(10_000)).findPath(key))!, altered);
      const cache = await open(10_000);
      expect(await Bun.file((await cache.findPath(key))!).bytes()).toEqual(contents[0]!);
      await cache.findPath(key);
      expect(fetched).toEqual([a, a]);
    });
  }

  test("and where the store does not answer, it is not given out", async () => {
    await Bun.write((await (await open(10_000)).findPath(a))!, altered);
    stored.delete(a);
    expect(await (await open(10_000)).findPath(a)).toBeUndefined();
    expect(await cached()).toEqual(new Set());
  });
});

test("what is whole is hashed once a day, not fetched", async () => {
  await (await open(10_000)).findPath(`${b}.br`);
  const cache = await open(10_000);
  for (const later of [0, 1000, 25 * 60 * 60 * 1000]) {
    nowMs += later;
    expect(await Bun.file((await cache.findPath(`${b}.br`))!).bytes()).toEqual(contents[1]!);
  }
  expect(fetched).toEqual([b]);
});

test("files of an older form, whose content nobody can check, are removed", async () => {
  await Bun.write(join(folder, `${a}.br`), "anything");
  await open(10_000);
  expect(await cached()).toEqual(new Set());
});
