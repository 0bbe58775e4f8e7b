import { Database as SqliteFile } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SitepodError } from "#model";

/**
 * Holds a data folder for one server. The lock is SQLite's own on an otherwise empty file, so the system lets go of it
 * when the process ends, however it ends. Throws SitepodError `conflict` where another server holds it.
 */
export function lockFolder(folder: string): Disposable {
  mkdirSync(folder, { recursive: true });
  const file = new SqliteFile(join(folder, "lock"), { create: true });
  try {
    file.run("pragma journal_mode = memory");
    file.run("pragma locking_mode = exclusive");
    file.run("begin exclusive");
  } catch (cause) {
    file.close();
    throw new SitepodError(
      "conflict",
      `Another sitepod server uses ${folder}. Stop it first, or choose another folder with --data.`,
      { cause },
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
