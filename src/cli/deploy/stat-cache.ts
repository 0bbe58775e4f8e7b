import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, parseDigest, type PodPath } from "#model";
import { errnoOf } from "../failure.ts";
import type { ScannedFile } from "./scan.ts";

/** The hashes of a file's content. */
export interface Hashes {
  readonly digest: Digest;
  /** Hexadecimal. Known where the object store asked for it. */
  readonly sha256?: string | undefined;
}

/** Where the files went that a cache knows. */
export interface Deployed {
  readonly endpoint: string;
  readonly site: string;
  /** The pod that these files are, with settings as they were. */
  readonly content_hash: Digest;
}

/** Remembers the hashes of files by what `stat` tells of them, so that an unchanged tree is not read again. */
export interface StatCache {
  find(file: ScannedFile): Hashes | undefined;
  /** Undefined where the files are not, or not known to be, a pod. */
  readonly deployed: Deployed | undefined;
  /** All files there were, by their paths. */
  readonly contents: ReadonlyMap<string, Digest>;
}

/** Column by column, in the order of the files: a name for each value would be half of it. */
interface CacheFile {
  readonly format: typeof FORMAT;
  readonly deployed?: Deployed | undefined;
  readonly paths: readonly string[];
  readonly digests: readonly string[];
  /** Size, mtime, ctime and inode; nothing where they are not to be trusted. */
  readonly stats: readonly (readonly [number, number, number, number] | null)[];
  /** Nothing where they are not known. */
  readonly sha256: readonly (string | null)[];
}
const FORMAT = 2;

/**
 * A file that changed this shortly before the scan may change again without its times telling: some file systems keep
 * two seconds. It is hashed again the next time.
 */
const RACY_MS = 2000;

/** Where the cache of one deployed folder lies. Its name follows from the folder's. */
export function statCacheFile(env: Readonly<Record<string, string | undefined>>, home: string, folder: string): string {
  const base = env["XDG_CACHE_HOME"] || join(home, ".cache");
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  return join(base, "sitepod", "hashes", `${name}.json`);
}

/** Reads a cache. It is a help and no more: where it is absent or damaged, it is empty. */
export async function readStatCache(file: string): Promise<StatCache> {
  const cache = parseCache(await readFile(file, "utf8").catch(() => ""));
  const rows = new Map(cache?.paths.map((path, row) => [path, row]));
  return {
    find({ path, size, mtimeMs, ctimeMs, inode }) {
      const row = rows.get(path);
      const stats = row === undefined ? undefined : cache?.stats[row];
      if (!stats || stats[0] !== size || stats[1] !== mtimeMs || stats[2] !== ctimeMs || stats[3] !== inode) {
        return undefined;
      }
      const digest = parseDigest(cache?.digests[row!]);
      return digest && { digest, sha256: cache?.sha256[row!] ?? undefined };
    },
    deployed: cache?.deployed,
    get contents() {
      return new Map(Array.from(rows, ([path, row]) => [path, cache!.digests[row] as Digest]));
    },
  };
}

function parseCache(text: string): CacheFile | undefined {
  try {
    const cache = JSON.parse(text) as Partial<CacheFile>;
    const columns = [cache.paths, cache.digests, cache.stats, cache.sha256];
    if (cache.format !== FORMAT || !columns.every((column) => Array.isArray(column))) return undefined;
    return columns.every((column) => column!.length === cache.paths!.length) ? (cache as CacheFile) : undefined;
  } catch {
    return undefined;
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
  deployed?: Deployed,
): Promise<boolean> {
  const trustedBeforeMs = scannedMs - RACY_MS;
  const cache: CacheFile = {
    format: FORMAT,
    ...(deployed ? { deployed } : {}),
    paths: files.map(({ path }: { path: PodPath }) => path),
    digests: files.map(({ digest }) => digest),
    stats: files.map(({ size, mtimeMs, ctimeMs, inode }) =>
      mtimeMs < trustedBeforeMs && ctimeMs < trustedBeforeMs ? [size, mtimeMs, ctimeMs, inode] : null,
    ),
    sha256: files.map(({ sha256 }) => sha256 ?? null),
  };
  const aside = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(aside, JSON.stringify(cache));
    await rename(aside, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    await rm(aside, { force: true }).catch(() => {});
    return false;
  }
}
