import { rename, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Digest, parseDigest } from "#model";
import { StreamHasher } from "./blake3.ts";
import { findFile, readFolder, readStored, removeFile } from "./files.ts";
import type { Scratch } from "./scratch.ts";
import type { Chunks } from "./verified-body.ts";

/** A file stays so long after it was dropped: who was given its path just before has opened it by then. */
const REMOVAL_DELAY_MS = 60_000;
/** A file is hashed again at its first use after so long, and after a restart. */
const VERIFIED_FOR_MS = 24 * 60 * 60 * 1000;
/** That a file is used is written down, for the next start, this often. */
const TOUCH_EVERY_MS = 60_000;

export interface FetchedBlob {
  /** Bytes. */
  readonly size: number;
  /** Throws before its end where it is not what was asked for. */
  readonly body: Chunks;
}

export interface BlobCacheOptions {
  readonly folder: string;
  /** Where downloads are written aside; on the file system of the folder. */
  readonly scratch: Scratch;
  /** What was dropped in the last minute is not counted. */
  readonly maxBytes: number;
  readonly nowMs: () => number;
  readonly fetch: (key: string) => Promise<FetchedBlob | undefined>;
}

/**
 * A folder with the blobs used last, in front of a store that is far away. A blob's file has the last part of its key for
 * a name, and its BLAKE3 after it where that is another: no two keys may end alike. When a file was used last is the
 * time of its last change. Several processes may have the folder open; each makes room as it sees fit.
 */
export interface BlobCache {
  /**
   * Returns the path of the blob's file, which stays for a minute at least, or undefined where the store has none. A file
   * that is not what it was when it came in is fetched again.
   */
  findPath(key: string): Promise<string | undefined>;
}

interface Cached {
  /** The file's name. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sum: Digest;
  verifiedMs: number;
  touchedMs: number;
}

export async function openBlobCache(options: BlobCacheOptions): Promise<BlobCache> {
  const { folder, scratch, maxBytes, nowMs, fetch } = options;
  /** By the last part of the key, those used last at the end. */
  const all = new Map<string, Cached>();
  const underWay = new Map<string, Promise<string | undefined>>();
  let totalBytes = 0;
  const pathOf = ({ file }: Pick<Cached, "file">) => join(folder, file);

  function forget(name: string): void {
    totalBytes -= all.get(name)?.size ?? 0;
    all.delete(name);
  }

  function use(name: string, cached: Cached): void {
    forget(name);
    all.set(name, cached);
    totalBytes += cached.size;
    for (const [oldest, dropped] of all) {
      if (totalBytes <= maxBytes) break;
      forget(oldest);
      setTimeout(() => void removeUnused(oldest, dropped), REMOVAL_DELAY_MS).unref();
    }
  }

  async function removeUnused(name: string, dropped: Cached): Promise<void> {
    if (!all.has(name)) await removeFile(pathOf(dropped)).catch(() => false);
  }

  async function touch(cached: Cached): Promise<void> {
    const now = nowMs();
    if (now < cached.touchedMs + TOUCH_EVERY_MS) return;
    cached.touchedMs = now;
    // It may have been removed meanwhile; then there is no use to remember.
    await utimes(pathOf(cached), now / 1000, now / 1000).catch(() => {});
  }

  async function isWhole(cached: Cached): Promise<boolean> {
    const file = await findFile(pathOf(cached));
    if (file?.size !== cached.size) return false;
    if (nowMs() < cached.verifiedMs + VERIFIED_FOR_MS) return true;
    const hasher = new StreamHasher();
    for await (const chunk of (await readStored(pathOf(cached)))?.body ?? []) hasher.update(chunk);
    if (hasher.digest() !== cached.sum) return false;
    cached.verifiedMs = nowMs();
    return true;
  }

  /** Returns the path of what is cached and whole. */
  async function findWhole(name: string): Promise<string | undefined> {
    const cached = all.get(name);
    if (!cached || !(await isWhole(cached).catch(() => false))) return undefined;
    use(name, cached);
    await touch(cached);
    return pathOf(cached);
  }

  /** Removes what is cached and not whole. To be called by one at a time: the next download has the same path. */
  async function remove(name: string): Promise<void> {
    const cached = all.get(name);
    if (!cached) return;
    forget(name);
    await removeFile(pathOf(cached)).catch(() => false);
  }

  async function findOrDownload(name: string, key: string): Promise<string | undefined> {
    const path = await findWhole(name);
    if (path !== undefined) return path;
    await remove(name);
    return await download(key);
  }

  async function download(key: string): Promise<string | undefined> {
    const found = await fetch(key);
    if (!found) return undefined;
    const name = basename(key);
    const hasher = new StreamHasher();
    // Not synced: after a crash a file that is not whole is found out at its first use.
    return await scratch.write(hashed(found.body, hasher), { sync: false }, async (written) => {
      const sum = hasher.digest();
      const cached = {
        file: sum === name ? name : `${name}.${sum}`,
        size: found.size,
        sum,
        verifiedMs: nowMs(),
        touchedMs: nowMs(),
      };
      await rename(written, pathOf(cached));
      use(name, cached);
      return pathOf(cached);
    });
  }

  for (const [name, cached] of await readCached(folder)) use(name, cached);

  return {
    async findPath(key) {
      const name = basename(key);
      const cached = all.get(name);
      // Of the usual case, nobody waits for anybody.
      if (cached && nowMs() < cached.verifiedMs + VERIFIED_FOR_MS) {
        const path = await findWhole(name);
        if (path !== undefined) return path;
      }
      const found = underWay.get(key) ?? findOrDownload(name, key).finally(() => underWay.delete(key));
      underWay.set(key, found);
      return await found;
    },
  };
}

/** Reads what an earlier process has cached, what was used longest ago first. Removes what no longer has a name of ours. */
async function readCached(folder: string): Promise<[string, Cached][]> {
  const all: [string, Cached][] = [];
  for (const entry of await readFolder(folder)) {
    const parts = entry.name.split(".");
    if (!entry.isFile() || !parseDigest(parts[0])) continue;
    const path = join(folder, entry.name);
    const sum = parseDigest(parts.at(-1));
    if (!sum) {
      await removeFile(path);
      continue;
    }
    const file = await findFile(path);
    const name = parts.length === 1 ? entry.name : parts.slice(0, -1).join(".");
    if (file) {
      all.push([name, { file: entry.name, size: file.size, sum, verifiedMs: -Infinity, touchedMs: file.mtimeMs }]);
    }
  }
  return all.toSorted(([, a], [, b]) => a.touchedMs - b.touchedMs);
}

async function* hashed(body: Chunks, hasher: StreamHasher): Chunks {
  for await (const chunk of body) {
    hasher.update(chunk);
    yield chunk;
  }
}
