import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Digest, parseDigest } from "#model";
import { errnoOf } from "../failure.ts";
import type { ScannedFile } from "./scan.ts";

/** The hashes of a file's content. */
export interface Hashes {
  readonly digest: Digest;
  /** Hexadecimal. Known where the object store asked for it. */
  readonly sha256?: string | undefined;
}

/** Remembers the hashes of files by what `stat` tells of them, so that an unchanged tree is not read again. */
export interface StatCache {
  find(file: ScannedFile): Hashes | undefined;
}

/** One file: size, mtime, ctime, inode (decimal), BLAKE3, SHA-256 or nothing. */
type Row = readonly [size: number, mtime: string, ctime: string, inode: string, digest: string, sha256?: string];
interface CacheFile {
  readonly format: typeof FORMAT;
  readonly rows: Readonly<Record<string, Row>>;
}
const FORMAT = 1;

/**
 * A file that changed this shortly before the scan may change again without its times telling: some file systems keep
 * two seconds. It is not remembered, and hashed again the next time.
 */
const RACY_NS = 2_000_000_000n;

/** Where the cache of one deployed folder lies. Its name follows from the folder's. */
export function statCacheFile(env: Readonly<Record<string, string | undefined>>, home: string, folder: string): string {
  const base = env["XDG_CACHE_HOME"] || join(home, ".cache");
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(base, "sitepod", "hashes", `${name}.json`);
}

/** Reads a cache. It is a help and no more: where it is absent or damaged, it is empty. */
export async function readStatCache(file: string): Promise<StatCache> {
  const rows = new Map(Object.entries(parseRows(await readFile(file, "utf8").catch(() => ""))));
  return {
    find({ path, size, mtimeNs, ctimeNs, inode }) {
      const row = rows.get(path);
      if (!row || row[0] !== size) return undefined;
      if (row[1] !== String(mtimeNs) || row[2] !== String(ctimeNs) || row[3] !== String(inode)) return undefined;
      const digest = parseDigest(row[4]);
      return digest && { digest, sha256: row[5] };
    },
  };
}

function parseRows(text: string): CacheFile["rows"] {
  try {
    const cache = JSON.parse(text) as Partial<CacheFile>;
    return (cache.format === FORMAT && cache.rows) || {};
  } catch {
    return {};
  }
}

/**
 * Writes the hashes of a scan that began at `scannedMs` (since the epoch), in one step. Returns false where the folder
 * of caches cannot be written to: the next deploy then hashes again.
 */
export async function writeStatCache(
  file: string,
  files: readonly (ScannedFile & Hashes)[],
  scannedMs: number,
): Promise<boolean> {
  const trustedBeforeNs = BigInt(Math.floor(scannedMs)) * 1_000_000n - RACY_NS;
  const rows = files
    .filter(({ mtimeNs, ctimeNs }) => mtimeNs < trustedBeforeNs && ctimeNs < trustedBeforeNs)
    .map(({ path, size, mtimeNs, ctimeNs, inode, digest, sha256 }): [string, Row] => {
      const known = [size, String(mtimeNs), String(ctimeNs), String(inode), digest] as const;
      return [path, sha256 === undefined ? known : [...known, sha256]];
    });
  const aside = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(aside, JSON.stringify({ format: FORMAT, rows: Object.fromEntries(rows) } satisfies CacheFile));
    await rename(aside, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    await rm(aside, { force: true }).catch(() => {});
    return false;
  }
}
