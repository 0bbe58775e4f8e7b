import { lstatSync, type Stats, statSync } from "node:fs";
import { readdir, readlink, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { findPathCollisions, parsePodPath } from "#model";
import { errnoOf } from "../failure.ts";
import { type FileList, type FilePlace, FileTable, type ScannedFile } from "./file-table.ts";

export interface Scan {
  /** Sorted by path. */
  readonly files: FileList<ScannedFile>;
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

/**
 * Lists the files of a folder. Symbolic links are followed where they lead to something inside the folder. Nothing is
 * skipped silently: a link that leaves the folder, a loop, what cannot be read and what no path of a pod can name are
 * faults, and all of them are told.
 */
export async function scanFolder(folder: string, options: ScanOptions): Promise<Scan> {
  const root = await realpath(folder);
  const table = new FileTable();
  const faults: string[] = [];
  let ignored = 0;

  async function visitFolder(place: Folder): Promise<void> {
    options.signal.throwIfAborted();
    let names: string[];
    try {
      names = await readdir(place.real);
    } catch (error) {
      faults.push(`folder ${JSON.stringify(place.path || ".")} cannot be read (${errnoOf(error)})`);
      return;
    }
    const above = [...place.above, place.real];
    const here = { path: place.path === "" ? "" : `${place.path}/`, real: place.real === sep ? sep : place.real + sep };
    const folders: Folder[] = [];
    for (const name of names) {
      const [path, real] = [here.path + name, here.real + name];
      if (options.isIgnored(path)) {
        ignored++;
        continue;
      }
      try {
        // What the system knows already, it tells at once: waiting for each answer takes longer than all of them.
        const stats = lstatSync(real);
        if (stats.isDirectory()) folders.push({ path, real, above });
        else if (stats.isSymbolicLink()) folders.push(...(await visitLink(path, real, above)));
        else takeFile(path, here, stats);
      } catch (error) {
        faults.push(describeUnreadable(path, error));
      }
    }
    for (const next of folders) await visitFolder(next);
  }

  /** Takes the file in that a link leads to; returns a folder, to be visited. */
  async function visitLink(path: string, link: string, above: readonly string[]): Promise<Folder[]> {
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
    const stats = statSync(target);
    if (!stats.isDirectory()) {
      takeFile(path, { path, real: target }, stats);
      return [];
    }
    if (!above.includes(target)) return [{ path, real: target, above }];
    faults.push(`${shown} leads back to a folder that it is in, ${target}; remove or ignore it`);
    return [];
  }

  function takeFile(path: string, place: FilePlace, stats: Stats): void {
    const parsed = parsePodPath(path);
    if (!parsed.ok) {
      faults.push(parsed.fault);
      return;
    }
    if (!stats.isFile()) faults.push(`${JSON.stringify(path)} is neither a file nor a folder; remove or ignore it`);
    else {
      const { size, mtimeMs, ctimeMs, ino: inode } = stats;
      table.add(parsed.value, place, { size, mtimeMs, ctimeMs, inode });
    }
  }

  await visitFolder({ path: "", real: root, above: [] });
  const files = table.sorted();
  faults.push(...findPathCollisions(files.paths, options.allowCaseCollisions));
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
