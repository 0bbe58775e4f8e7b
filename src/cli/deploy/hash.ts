import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type * as Library from "@napi-rs/blake-hash";
import type { Digest } from "#model";
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
  readonly cache: Pick<StatCache, "find">;
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
  const { cache, wantsSha256, signal, onHashed } = options;
  const hashes = files.map((file): Hashes | undefined => {
    const known = cache.find(file);
    return known && (known.sha256 !== undefined || !wantsSha256) ? known : undefined;
  });
  const unknown: { file: ScannedFile; i: number }[] = [];
  for (const [i, file] of files.entries()) {
    if (hashes[i]) onHashed(file);
    else unknown.push({ file, i });
  }
  const faults: string[] = [];
  const { blake3, Blake3Hasher } = await import("@napi-rs/blake-hash");
  await forEachParallel(unknown, Math.min(WIDTH, unknown.length), async ({ file, i }) => {
    signal.throwIfAborted();
    try {
      const hashed =
        file.size <= WHOLE_FILE_BYTES
          ? hashWhole(await readFile(file.file), wantsSha256, blake3)
          : await hashStream(
              createReadStream(file.file, { highWaterMark: CHUNK_BYTES, signal }),
              wantsSha256,
              new Blake3Hasher(),
            );
      if (hashed.size === file.size) hashes[i] = hashed.hashes;
      else faults.push(`${JSON.stringify(file.path)} is changing while it is being deployed`);
    } catch (error) {
      signal.throwIfAborted();
      faults.push(`${JSON.stringify(file.path)} cannot be read (${errnoOf(error)})`);
    }
    onHashed(file);
  });
  const hashed: HashedFile[] = [];
  for (const [i, file] of files.entries()) if (hashes[i]) hashed.push({ ...file, ...hashes[i] });
  return { files: hashed, read: unknown.length, faults: faults.sort() };
}

interface Hashed {
  /** Bytes that were read. */
  readonly size: number;
  readonly hashes: Hashes;
}

function hashWhole(bytes: Buffer, wantsSha256: boolean, blake3: typeof Library.blake3): Hashed {
  const digest = blake3(bytes).toString("hex") as Digest;
  if (!wantsSha256) return { size: bytes.length, hashes: { digest } };
  return { size: bytes.length, hashes: { digest, sha256: createHash("sha256").update(bytes).digest("hex") } };
}

async function hashStream(
  chunks: AsyncIterable<Buffer>,
  wantsSha256: boolean,
  blake3: Library.Blake3Hasher,
): Promise<Hashed> {
  const sha256 = wantsSha256 ? createHash("sha256") : undefined;
  let size = 0;
  for await (const bytes of chunks) {
    blake3.update(bytes);
    sha256?.update(bytes);
    size += bytes.length;
  }
  const digest = blake3.digest("hex") as Digest;
  return { size, hashes: sha256 ? { digest, sha256: sha256.digest("hex") } : { digest } };
}
