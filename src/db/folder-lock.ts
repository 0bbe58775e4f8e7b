import { Database as SqliteFile } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SitepodError } from "#model";

/**
 * Holds a data folder for one server. The lock is SQLite's own on an otherwise empty file, so the system lets go of it
 * when the process ends, however it ends. Throws SitepodError `conflict` where another server holds it, `unavailable`
 * where this user may not write there.
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true });
  const file = openLock(folder);
  try {
    file.run("pragma journal_mode = memory");
    file.run("pragma locking_mode = exclusive");
    file.run("begin exclusive");
  } catch (cause) {
    file.close();
    if (!isBusy(cause)) throw notWritable(folder, cause);
    throw new SitepodError(
      "conflict",
      `Another sitepod server uses ${folder}. Stop it first, or choose another folder with --data.`,
      { cause },
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}

function openLock(folder: string): SqliteFile {
  try {
    return new SqliteFile(join(folder, "lock"), { create: true });
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");

function notWritable(folder: string, cause: unknown): SitepodError {
  return new SitepodError(
    "unavailable",
    `${join(folder, "lock")} cannot be written (${cause instanceof Error ? cause.message : String(cause)}). The folder must ` +
      "belong to the user that runs this, on a disk that can be written: run it as that user, or give the folder to this one by chown.",
    { cause },
  );
}
