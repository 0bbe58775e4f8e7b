import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolders } from "./files.ts";
import { inParallel } from "./in-parallel.ts";

/** From so many files on, one sync of the whole file system is faster than one each (measured: 1,000 in 20 against 150 ms). */
const BATCH_FILES = 32;
const PARALLEL_SYNCS = 16;

/** Returns when all of `paths` (files, or folders with their entries) are on the disk. They lie on one file system. */
export async function makeDurable(paths: Iterable<string>): Promise<void> {
  const [first, ...others] = Iterator.from(paths).take(BATCH_FILES);
  if (first === undefined) return;
  if (others.length + 1 === BATCH_FILES && (await syncFileSystem(dirname(first)))) return;
  await inParallel(paths, PARALLEL_SYNCS, sync);
}

/**
 * Runs `sync -f` (coreutils or busybox on Linux), which is syncfs(2), without blocking this process's only thread.
 * Returns false where there is no such command, or it failed: then each file is synced, and that tells what is wrong.
 */
async function syncFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  try {
    return (await Bun.spawn(["sync", "-f", folder], { stdio: ["ignore", "ignore", "ignore"] }).exited) === 0;
  } catch {
    return false;
  }
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, "r");
  await file.sync();
}

/** Makes a folder and its parents durably. */
export async function makeFolder(folder: string): Promise<void> {
  const firstMade = await makeFolders(folder);
  if (firstMade === undefined) return;
  const parents: string[] = [];
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) parents.push(dirname(made));
  await makeDurable(parents);
}
