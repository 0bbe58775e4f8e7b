import { Database as SqliteFile } from "bun:sqlite";
import { existsSync } from "node:fs";
import { SitepodError } from "#model";

/** So many faults of one file are told. */
const MAX_FAULTS = 20;

/**
 * Reads all of a SQLite file, which a server may be using, and returns what is damaged in it, one sentence each; undefined
 * where there is no file.
 */
export function findFileFaults(path: string): readonly string[] | undefined {
  if (!existsSync(path)) return undefined;
  try {
    using file = new SqliteFile(path, { readonly: true });
    file.run("pragma busy_timeout = 5000");
    const rows = file.query<{ integrity_check: string }, []>(`pragma integrity_check(${MAX_FAULTS})`).all();
    return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Copies a SQLite file as it is at one moment, while a server goes on writing to it, to `copy`, which is empty or not
 * there, and reads the copy back. Throws SitepodError `unavailable` where either is damaged.
 */
export function copyFile(path: string, copy: string): void {
  try {
    using file = new SqliteFile(path, { readonly: true });
    file.run("pragma busy_timeout = 60000");
    file.run("vacuum into ?", [copy]);
  } catch (cause) {
    throw new SitepodError("unavailable", `The database ${path} cannot be copied. Run sitepod server fsck.`, { cause });
  }
  const faults = findFileFaults(copy);
  if (faults?.length === 0) return;
  throw new SitepodError("unavailable", `The database ${path} is damaged: ${faults?.[0]}. Run sitepod server fsck.`);
}
