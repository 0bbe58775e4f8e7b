import type { Stats } from "node:fs";
import { link, mkdir, readdir, rm, stat } from "node:fs/promises";
import { SitepodError } from "#model";

/** Makes a folder and its parents. Returns the topmost that was made, or undefined where all were there. */
export async function makeFolders(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainFull(error);
  }
}

/** Gives a written file a second name. Returns false where that name is taken: a link never replaces. */
export async function linkNew(written: string, path: string): Promise<boolean> {
  try {
    await link(written, path);
    return true;
  } catch (error) {
    if (code(error) === "EEXIST") return false;
    throw error;
  }
}

/** Returns false where there was no such file. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Returns what the file system knows of a file, or undefined where there is none. */
export async function findFile(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Returns the entries of a folder, none where there is no such folder. */
export async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => code(error) === "ENOENT";

/** Returns `error`, or the SitepodError that says so where the disk or the quota is used up. */
export function explainFull(error: unknown): unknown {
  if (code(error) !== "ENOSPC" && code(error) !== "EDQUOT") return error;
  return new SitepodError("storage_full", "The server's storage is full; free space on it, then try again", {
    cause: error,
  });
}

const code = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
