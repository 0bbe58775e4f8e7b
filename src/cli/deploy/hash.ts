import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type * as Library from "@napi-rs/blake-hash";
import type { Digest } from "#model";
import { errnoOf } from "../failure.ts";
import { forEachParallel } from "./parallel.ts";
import type { FileList, HashedFile, Hashes, ScannedFile } from "./file-table.ts";
import type { StatCache } from "./stat-cache.ts";

export interface Hashing {
  /** Those that could be read, in the order they were given. */
  readonly files: FileList<HashedFile>;
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
export async function hashFiles(files: FileList<ScannedFile>, options: HashOptions): Promise<Hashing> {
  const { cache, wantsSha256, signal, onHashed } = options;
  files.table.prepareHashes(wantsSha256);
  const isKnown = new Uint8Array(files.length);
  const keep = (place: number, hashes: Hashes) => {
    files.table.setHashes(files.rows[place]!, hashes);
    isKnown[place] = 1;
  };
  let place = 0;
  for (const file of files) {
    const known = cache.find(file);
    if (known && (known.sha256 !== undefined || !wantsSha256)) {
      keep(place, known);
      onHashed(file);
    }
    place++;
  }
  const unknown = placesWhere(isKnown, 0);
  const faults: string[] = [];
  const { blake3, Blake3Hasher } = await import("@napi-rs/blake-hash");
  await forEachParallel(unknown, Math.min(WIDTH, unknown.length), async (place) => {
    signal.throwIfAborted();
    const file = files.at(place)!;
    try {
      const hashed =
        file.size <= WHOLE_FILE_BYTES
          ? hashWhole(await readFile(file.file), wantsSha256, blake3)
          : await hashStream(
              createReadStream(file.file, { highWaterMark: CHUNK_BYTES, signal }),
              wantsSha256,
              new Blake3Hasher(),
            );
      if (hashed.size === file.size) keep(place, hashed.hashes);
      else faults.push(`${JSON.stringify(file.path)} is changing while it is being deployed`);
    } catch (error) {
      signal.throwIfAborted();
      faults.push(`${JSON.stringify(file.path)} cannot be read (${errnoOf(error)})`);
    }
    onHashed(file);
  });
  const readable = faults.length === 0 ? files : files.pick(placesWhere(isKnown, 1));
  return { files: readable.withHashes(), read: unknown.length, faults: faults.sort() };
}

function placesWhere(flags: Uint8Array, value: 0 | 1): Uint32Array {
  const places = new Uint32Array(flags.length);
  let count = 0;
  for (let place = 0; place < flags.length; place++) if (flags[place] === value) places[count++] = place;
  return places.subarray(0, count);
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
