import { Database as SqliteFile } from "bun:sqlite";
import { existsSync } from "node:fs";
import { SitepodError } from "#model";
import { obstacleOf, REMEDIES_AT_THE_FILE } from "./unusable.ts";

/** So many faults of one file are told. */
const MAX_FAULTS = 20;

/** What is wrong with a database file. */
export interface FileFault {
  readonly problem: string;
  /** Otherwise it could not be read, and may be whole. */
  readonly isDamage: boolean;
}

/** Reads all of a SQLite file, which a server may be using, and returns what is wrong with it; undefined where there is none. */
export function findFileFaults(path: string): readonly FileFault[] | undefined {
  if (!existsSync(path)) return undefined;
  try {
    using file = new SqliteFile(path, { readonly: true });
    file.run("pragma busy_timeout = 5000");
    const rows = file.query<{ integrity_check: string }, []>(`pragma integrity_check(${MAX_FAULTS})`).all();
    return rows
      .filter((row) => row.integrity_check !== "ok")
      .map((row) => ({ problem: row.integrity_check, isDamage: true }));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const obstacle = obstacleOf(error);
    if (obstacle === "damage") return [{ problem: text, isDamage: true }];
    return [
      { problem: `could not be read (${text}) and may be whole: ${REMEDIES_AT_THE_FILE[obstacle]}`, isDamage: false },
    ];
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
  throw new SitepodError(
    "unavailable",
    `The database ${path} is damaged: ${faults?.[0]?.problem}. Run sitepod server fsck.`,
  );
}
