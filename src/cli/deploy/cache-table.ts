import { type Digest, DIGEST_BYTES, digestFromBytes, writeDigest } from "#model";
import type { FileList, HashedFile, Hashes, ScannedFile } from "./file-table.ts";

/** Where the files went that a cache knows. */
export interface Deployed {
  readonly endpoint: string;
  readonly site: string;
  /** The pod that these files are, with settings as they were. */
  readonly content_hash: Digest;
}

/**
 * The bytes of a cache, column by column, in the order of the files' paths; numbers as this machine writes them. So it is
 * read where it lies: as JSON, parsing it took longer than looking at the files.
 *
 *     header   32 bytes, u32 each: magic, files, bytes of paths, of `deployed`, 1 where there are SHA-256, nothing
 *     stats    4 f64 each: size, mtime, ctime and inode; not a number where they are not to be trusted
 *     digests  32 bytes each, then as many SHA-256, zeros where one is not known
 *     ends     u32 each: where its path ends among the paths
 *     paths    UTF-8, and `deployed` as JSON
 */
const MAGIC = 0x4853_5033;
const HEADER_BYTES = 32;
const STATS = 4;
const [MTIME, CTIME] = [1, 2];
const STATS_BYTES = STATS * 8;
const END_BYTES = 4;

export interface CacheTable {
  readonly count: number;
  readonly deployed: Deployed | undefined;
  /** Undefined after the last row. */
  path(row: number): string | undefined;
  /** Finds the row of a path. */
  search(path: string): number | undefined;
  /** Whether the file is, by what `stat` tells of it, the one in this row. */
  hasStats(row: number, file: ScannedFile): boolean;
  hashes(row: number): Hashes;
}

/** Opens a cache in place. Returns undefined where the bytes are not one. */
export function openCacheTable(bytes: Uint8Array): CacheTable | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  // Its own memory, from the first byte: numbers have to lie at multiples of their size.
  const whole = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const [magic, count, pathBytes, deployedBytes, hasSha256] = new Uint32Array(whole.buffer, whole.byteOffset, 5);
  if (magic !== MAGIC) return undefined;
  const at = layOut(count!, pathBytes!, hasSha256!);
  if (whole.length !== at.deployed + deployedBytes!) return undefined;
  const stats = new Float64Array(whole.buffer, whole.byteOffset + HEADER_BYTES, count! * STATS);
  const ends = new Uint32Array(whole.buffer, whole.byteOffset + at.ends, count);
  const text = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
  if (!isAscending(ends, pathBytes!)) return undefined;
  const path = (row: number) =>
    row < count! ? text.toString("utf8", at.paths + (ends[row - 1] ?? 0), at.paths + ends[row]!) : undefined;
  return {
    count: count!,
    deployed: parseDeployed(text.toString("utf8", at.deployed)),
    path,
    search(wanted) {
      let [low, high] = [0, count! - 1];
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const found = path(middle)!;
        if (found === wanted) return middle;
        if (found > wanted) high = middle - 1;
        else low = middle + 1;
      }
      return undefined;
    },
    hasStats: (row, { size, mtimeMs, ctimeMs, inode }) =>
      stats[row * STATS] === size &&
      stats[row * STATS + 1] === mtimeMs &&
      stats[row * STATS + 2] === ctimeMs &&
      stats[row * STATS + 3] === inode,
    hashes(row) {
      const digest = digestFromBytes(whole, at.digests + row * DIGEST_BYTES);
      const sha256 = hasSha256 ? digestFromBytes(whole, at.sha256 + row * DIGEST_BYTES) : UNKNOWN;
      return sha256 === UNKNOWN ? { digest } : { digest, sha256 };
    },
  };
}

/** Stands where a SHA-256 is not known: no content has this one. */
const UNKNOWN = "0".repeat(2 * DIGEST_BYTES);

/** Writes a cache. Of files that changed at `trustedBeforeMs` or later, nothing but the digest is kept. */
export function encodeCache(
  { table, rows }: FileList<HashedFile>,
  trustedBeforeMs: number,
  deployed: Deployed | undefined,
): Uint8Array {
  const count = rows.length;
  const hasSha256 = count > 0 && table.sha256(rows[0]!) !== undefined ? 1 : 0;
  let pathBytes = 0;
  for (const row of rows) pathBytes += Buffer.byteLength(table.path(row));
  const about = deployed ? JSON.stringify(deployed) : "";
  const at = layOut(count, pathBytes, hasSha256);
  const bytes = new Uint8Array(at.deployed + Buffer.byteLength(about));
  const text = Buffer.from(bytes.buffer);
  const stats = new Float64Array(bytes.buffer, HEADER_BYTES, count * STATS);
  const ends = new Uint32Array(bytes.buffer, at.ends, count);
  new Uint32Array(bytes.buffer, 0, 5).set([MAGIC, count, pathBytes, Buffer.byteLength(about), hasSha256]);
  let end = 0;
  for (let place = 0; place < count; place++) {
    const row = rows[place]!;
    const isTrusted = Math.max(table.stat(row, MTIME), table.stat(row, CTIME)) < trustedBeforeMs;
    for (let column = 0; column < STATS; column++) {
      stats[place * STATS + column] = isTrusted ? table.stat(row, column) : NaN;
    }
    bytes.set(table.digestBytes(row), at.digests + place * DIGEST_BYTES);
    if (hasSha256) writeDigest(table.sha256(row) as Digest, bytes, at.sha256 + place * DIGEST_BYTES);
    end += text.write(table.path(row), at.paths + end);
    ends[place] = end;
  }
  text.write(about, at.deployed);
  return bytes;
}

function layOut(count: number, pathBytes: number, hasSha256: number) {
  const digests = HEADER_BYTES + count * STATS_BYTES;
  const sha256 = digests + count * DIGEST_BYTES;
  const ends = sha256 + (hasSha256 ? count * DIGEST_BYTES : 0);
  const paths = ends + count * END_BYTES;
  return { digests, sha256, ends, paths, deployed: paths + pathBytes };
}

function isAscending(ends: Uint32Array, last: number): boolean {
  let before = 0;
  for (const end of ends) {
    if (end < before) return false;
    before = end;
  }
  return before === last;
}

function parseDeployed(text: string): Deployed | undefined {
  try {
    return text === "" ? undefined : (JSON.parse(text) as Deployed);
  } catch {
    return undefined;
  }
}
