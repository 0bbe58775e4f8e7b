import { rename } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, parseDigest } from "#model";
import { findFile, readFolder, removeFile } from "./files.ts";
import type { Scratch } from "./scratch.ts";
import { verifiedBody } from "./verified-body.ts";

/** A file stays so long after it was dropped: who was given its path just before has opened it by then. */
const REMOVAL_DELAY_MS = 60_000;

export interface FetchedBlob {
  /** Bytes. */
  readonly size: number;
  readonly body: ReadableStream<Uint8Array>;
}

export interface BlobCacheOptions {
  readonly folder: string;
  /** Where downloads are written aside; on the file system of the folder. */
  readonly scratch: Scratch;
  readonly maxBytes: number;
  readonly fetch: (digest: Digest) => Promise<FetchedBlob | undefined>;
}

/** A folder with the blobs used last, in front of a store that is far away. Each is verified as it comes in. */
export interface BlobCache {
  /** Returns the path of the blob's file, which stays for a minute at least, or undefined where the store has none. */
  findPath(digest: Digest): Promise<string | undefined>;
}

export async function openBlobCache({ folder, scratch, maxBytes, fetch }: BlobCacheOptions): Promise<BlobCache> {
  /** Sizes in bytes, of those used last at the end. */
  const sizes = new Map<Digest, number>();
  const fetching = new Map<Digest, Promise<string | undefined>>();
  let totalBytes = 0;
  const pathOf = (digest: Digest) => join(folder, digest);

  function use(digest: Digest, size: number): void {
    totalBytes += size - (sizes.get(digest) ?? 0);
    sizes.delete(digest);
    sizes.set(digest, size);
    for (const [oldest, oldestSize] of sizes) {
      if (totalBytes <= maxBytes) break;
      sizes.delete(oldest);
      totalBytes -= oldestSize;
      setTimeout(() => void removeUnused(oldest), REMOVAL_DELAY_MS).unref();
    }
  }

  async function removeUnused(digest: Digest): Promise<void> {
    if (!sizes.has(digest)) await removeFile(pathOf(digest)).catch(() => false);
  }

  async function download(digest: Digest): Promise<string | undefined> {
    const found = await fetch(digest);
    if (!found) return undefined;
    const path = pathOf(digest);
    const content = verifiedBody(found.body, digest, found.size);
    await scratch.write(content, { sync: true }, (written) => rename(written, path));
    use(digest, found.size);
    return path;
  }

  for (const entry of await readFolder(folder)) {
    const digest = parseDigest(entry.name);
    const file = digest && (await findFile(pathOf(digest)));
    if (file) use(digest, file.size);
  }

  return {
    async findPath(digest) {
      const path = pathOf(digest);
      const file = await findFile(path);
      if (file) {
        use(digest, file.size);
        return path;
      }
      const underWay = fetching.get(digest) ?? download(digest).finally(() => fetching.delete(digest));
      fetching.set(digest, underWay);
      return underWay;
    },
  };
}
