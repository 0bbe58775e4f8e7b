import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseDigest } from "#model";
import { errnoOf } from "../failure.ts";
import { forEachParallel } from "./parallel.ts";
import type { ScannedFile } from "./scan.ts";
import type { Hashes, StatCache } from "./stat-cache.ts";

/** A file and the hashes of its content. */
export type HashedFile = ScannedFile & Hashes;

export interface Hashing {
  /** Those that could be read, in the order they were given. */
  readonly files: readonly HashedFile[];
  /** How many of them were read; the cache knew the others. */
  readonly read: number;
  /** What cannot be deployed, one sentence each. */
  readonly faults: readonly string[];
}

interface HashOptions {
  readonly cache: StatCache;
  readonly wantsSha256: boolean;
  readonly signal: AbortSignal;
  /** Called after each file. */
  readonly onHashed: (file: ScannedFile) => void;
}

/** Files that are read at the same time. */
const WIDTH = 16;
/** Up to here a file is read at once; a larger one is streamed. */
export const WHOLE_FILE_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Hashes the files whose hashes the cache does not know. */
export async function hashFiles(files: readonly ScannedFile[], options: HashOptions): Promise<Hashing> {
  const faults: string[] = [];
  const hashes = new Map<ScannedFile, Hashes>();
  let read = 0;
  await forEachParallel(files, WIDTH, async (file) => {
    options.signal.throwIfAborted();
    const known = options.cache.find(file);
    if (known && (known.sha256 !== undefined || !options.wantsSha256)) hashes.set(file, known);
    else {
      const hashed = await hashFile(file, options.wantsSha256, options.signal);
      read++;
      if ("fault" in hashed) faults.push(hashed.fault);
      else hashes.set(file, hashed);
    }
    options.onHashed(file);
  });
  const hashed = files.flatMap((file) => {
    const found = hashes.get(file);
    return found ? [{ ...file, ...found }] : [];
  });
  return { files: hashed, read, faults: faults.sort() };
}

async function hashFile(
  file: ScannedFile,
  wantsSha256: boolean,
  signal: AbortSignal,
): Promise<Hashes | { readonly fault: string }> {
  const { Blake3Hasher } = await import("@napi-rs/blake-hash");
  const blake3 = new Blake3Hasher();
  const sha256 = wantsSha256 ? createHash("sha256") : undefined;
  let size = 0;
  try {
    for await (const bytes of readChunks(file, signal)) {
      blake3.update(bytes);
      sha256?.update(bytes);
      size += bytes.length;
    }
  } catch (error) {
    signal.throwIfAborted();
    return { fault: `${JSON.stringify(file.path)} cannot be read (${errnoOf(error)})` };
  }
  if (size !== file.size) return { fault: `${JSON.stringify(file.path)} is changing while it is being deployed` };
  return { digest: parseDigest(blake3.digest("hex"))!, sha256: sha256?.digest("hex") };
}

async function* readChunks({ file, size }: ScannedFile, signal: AbortSignal): AsyncIterable<Buffer> {
  if (size <= WHOLE_FILE_BYTES) yield await readFile(file);
  else yield* createReadStream(file, { highWaterMark: CHUNK_BYTES, signal });
}
