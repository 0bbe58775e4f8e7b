import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Digest } from "#model";
import { errnoOf } from "../failure.ts";
import { type Deployed, encodeCache, openCacheTable } from "./cache-table.ts";
import type { FileList, HashedFile, Hashes, ScannedFile } from "./file-table.ts";

export interface CachedContent {
  readonly path: string;
  readonly digest: Digest;
}

/** Remembers the hashes of files by what `stat` tells of them, so that an unchanged tree is not read again. */
export interface StatCache {
  /** Quickest where files are asked for in the order of their paths. */
  find(file: ScannedFile): Hashes | undefined;
  /** Undefined where the files are not, or not known to be, a pod. */
  readonly deployed: Deployed | undefined;
  /** All files there were, sorted by path. */
  readonly contents: Iterable<CachedContent>;
}

/**
 * A file that changed this shortly before the scan may change again without its times telling: some file systems keep
 * two seconds. It is hashed again the next time.
 */
const RACY_MS = 2000;

/** Where the cache of one deployed folder lies. Its name follows from the folder's. */
export function statCacheFile(env: Readonly<Record<string, string | undefined>>, home: string, folder: string): string {
  const base = env["XDG_CACHE_HOME"] || join(home, ".cache");
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(base, "sitepod", "hashes", `${name}.cache`);
}

/** Reads a cache. It is a help and no more: where it is absent or damaged, it is empty. */
export async function readStatCache(file: string): Promise<StatCache> {
  const cache = openCacheTable(await readFile(file).catch(() => new Uint8Array()));
  if (!cache) return { find: () => undefined, deployed: undefined, contents: [] };
  let next = 0;
  return {
    find(file) {
      const row = cache.path(next) === file.path ? next : cache.search(file.path);
      if (row === undefined) return undefined;
      next = row + 1;
      return cache.hasStats(row, file) ? cache.hashes(row) : undefined;
    },
    deployed: cache.deployed,
    contents: {
      *[Symbol.iterator]() {
        for (let row = 0; row < cache.count; row++) yield { path: cache.path(row)!, digest: cache.hashes(row).digest };
      },
    },
  };
}

/**
 * Writes the hashes of a scan that began at `scannedMs` (since the epoch), in one step. Returns false where the folder
 * of caches cannot be written to: the next deploy then hashes again.
 */
export async function writeStatCache(
  file: string,
  files: FileList<HashedFile>,
  scannedMs: number,
  deployed?: Deployed,
): Promise<boolean> {
  const bytes = encodeCache(files, scannedMs - RACY_MS, deployed);
  const aside = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(aside, bytes);
    await rename(aside, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    await rm(aside, { force: true }).catch(() => {});
    return false;
  }
}
