import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { findFile, readFolder, removeFile } from "./files.ts";
import type { Scratch } from "./scratch.ts";
import type { Chunks } from "./verified-body.ts";

/** A file stays so long after it was dropped: who was given its path just before has opened it by then. */
const REMOVAL_DELAY_MS = 60_000;

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
  readonly maxBytes: number;
  readonly fetch: (key: string) => Promise<FetchedBlob | undefined>;
}

/**
 * A folder with the blobs used last, in front of a store that is far away. A blob's file has the last part of its key for
 * a name, so no two keys may end alike.
 */
export interface BlobCache {
  /** Returns the path of the blob's file, which stays for a minute at least, or undefined where the store has none. */
  findPath(key: string): Promise<string | undefined>;
}

export async function openBlobCache({ folder, scratch, maxBytes, fetch }: BlobCacheOptions): Promise<BlobCache> {
  /** Sizes in bytes, of those used last at the end. */
  const sizes = new Map<string, number>();
  const fetching = new Map<string, Promise<string | undefined>>();
  let totalBytes = 0;
  const pathOf = (name: string) => join(folder, name);

  function use(name: string, size: number): void {
    totalBytes += size - (sizes.get(name) ?? 0);
    sizes.delete(name);
    sizes.set(name, size);
    for (const [oldest, oldestSize] of sizes) {
      if (totalBytes <= maxBytes) break;
      sizes.delete(oldest);
      totalBytes -= oldestSize;
      setTimeout(() => void removeUnused(oldest), REMOVAL_DELAY_MS).unref();
    }
  }

  async function removeUnused(name: string): Promise<void> {
    if (!sizes.has(name)) await removeFile(pathOf(name)).catch(() => false);
  }

  async function download(key: string): Promise<string | undefined> {
    const found = await fetch(key);
    if (!found) return undefined;
    const path = pathOf(basename(key));
    await scratch.write(found.body, { sync: true }, (written) => rename(written, path));
    use(basename(key), found.size);
    return path;
  }

  for (const entry of await readFolder(folder)) {
    const file = entry.isFile() ? await findFile(pathOf(entry.name)) : undefined;
    if (file) use(entry.name, file.size);
  }

  return {
    async findPath(key) {
      const path = pathOf(basename(key));
      const file = await findFile(path);
      if (file) {
        use(basename(key), file.size);
        return path;
      }
      const underWay = fetching.get(key) ?? download(key).finally(() => fetching.delete(key));
      fetching.set(key, underWay);
      return underWay;
    },
  };
}
