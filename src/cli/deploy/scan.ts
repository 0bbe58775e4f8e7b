import type { BigIntStats, Dirent } from "node:fs";
import { readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { findPathCollisions, parsePodPath, type PodPath } from "#model";
import { errnoOf } from "../failure.ts";
import { forEachParallel } from "./parallel.ts";

/** A file to deploy, as it was when it was seen. */
export interface ScannedFile {
  readonly path: PodPath;
  /** Where its bytes are; absolute. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since the epoch, as are all times of files here. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
}

export interface Scan {
  /** Sorted by path. */
  readonly files: readonly ScannedFile[];
  /** How many files and folders the globs left out. */
  readonly ignored: number;
  /** Everything that makes the folder undeployable, one sentence each. */
  readonly faults: readonly string[];
}

interface ScanOptions {
  readonly isIgnored: (path: string) => boolean;
  readonly allowCaseCollisions: boolean;
  readonly signal: AbortSignal;
}

/** Files and folders that are looked at at the same time. */
const WIDTH = 32;

/**
 * Lists the files of a folder. Symbolic links are followed where they lead to something inside the folder. Nothing is
 * skipped silently: a link that leaves the folder, a loop, what cannot be read and what no path of a pod can name are
 * faults, and all of them are told.
 */
export async function scanFolder(folder: string, options: ScanOptions): Promise<Scan> {
  const root = await realpath(folder);
  const files: ScannedFile[] = [];
  const faults: string[] = [];
  let ignored = 0;

  async function visitFolder(place: Folder): Promise<void> {
    options.signal.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(place.real, { withFileTypes: true });
    } catch (error) {
      faults.push(`folder ${JSON.stringify(place.path || ".")} cannot be read (${errnoOf(error)})`);
      return;
    }
    const folders: Folder[] = [];
    await forEachParallel(entries, WIDTH, async (entry) => {
      const path = place.path === "" ? entry.name : `${place.path}/${entry.name}`;
      if (options.isIgnored(path)) ignored++;
      else folders.push(...(await visitEntry(path, entry, place)));
    });
    for (const next of folders) await visitFolder(next);
  }

  /** Takes a file in; returns a folder, to be visited. */
  async function visitEntry(path: string, entry: Dirent, parent: Folder): Promise<Folder[]> {
    const file = join(parent.real, entry.name);
    if (entry.isDirectory()) return [{ path, real: file, above: [...parent.above, parent.real] }];
    try {
      if (entry.isSymbolicLink()) return await visitLink(path, file, parent);
      await takeFile(path, file);
    } catch (error) {
      faults.push(describeUnreadable(path, error));
    }
    return [];
  }

  async function visitLink(path: string, link: string, parent: Folder): Promise<Folder[]> {
    const shown = `link ${JSON.stringify(path)}`;
    const target = await findTarget(link);
    if (target === undefined) {
      faults.push(`${shown} leads to nothing: ${await readlink(link)}; correct it, remove it or ignore it`);
      return [];
    }
    if (target !== root && !target.startsWith(root === sep ? root : root + sep)) {
      faults.push(`${shown} leads out of the folder, to ${target}; copy what it names, or ignore it`);
      return [];
    }
    if (!(await stat(target)).isDirectory()) {
      await takeFile(path, target);
      return [];
    }
    const above = [...parent.above, parent.real];
    if (!above.includes(target)) return [{ path, real: target, above }];
    faults.push(`${shown} leads back to a folder that it is in, ${target}; remove or ignore it`);
    return [];
  }

  async function takeFile(path: string, file: string): Promise<void> {
    const parsed = parsePodPath(path);
    if (!parsed.ok) {
      faults.push(parsed.fault);
      return;
    }
    const stats: BigIntStats = await stat(file, { bigint: true });
    if (!stats.isFile()) faults.push(`${JSON.stringify(path)} is neither a file nor a folder; remove or ignore it`);
    else {
      const { mtimeNs, ctimeNs, ino: inode } = stats;
      files.push({ path: parsed.value, file, size: Number(stats.size), mtimeNs, ctimeNs, inode });
    }
  }

  await visitFolder({ path: "", real: root, above: [] });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  faults.push(
    ...findPathCollisions(
      files.map(({ path }) => path),
      options.allowCaseCollisions,
    ),
  );
  return { files, ignored, faults: faults.sort() };
}

interface Folder {
  /** As it is deployed. */
  readonly path: string;
  /** Where it is, links resolved. */
  readonly real: string;
  /** The folders that it is in, links resolved: a link to one of them is a loop. */
  readonly above: readonly string[];
}

/** Where a link leads in the end, all links on the way resolved. Undefined where nothing is there, or only itself. */
async function findTarget(link: string): Promise<string | undefined> {
  try {
    return await realpath(link);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ELOOP" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function describeUnreadable(path: string, error: unknown): string {
  const shown = JSON.stringify(path);
  const code = errnoOf(error);
  if (code !== "ENOENT") return `${shown} cannot be read (${code})`;
  return path.includes("\ufffd")
    ? `the name of ${shown} is not UTF-8; rename it`
    : `${shown} has just been removed; deploy when your build is finished`;
}
