import { traceQuery } from "./trace-query.ts";
import { Database as SqliteFile } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { SitepodError } from "#model";
import { type Database, migrate } from "./database.ts";
import type { Schema } from "./schema.ts";
import { copyFile } from "./inspect-file.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { unusable } from "./unusable.ts";
import { joinable } from "./together.ts";

/** The first bytes of every SQLite file: https://www.sqlite.org/fileformat.html, section 1.3. */
const SQLITE_HEADER = "SQLite format 3\0";

/**
 * Opens the SQLite file at `path`, makes it where there is none, and migrates it; what an older version has made is kept
 * beside it. Throws SitepodError `unavailable`
 * where the file is not a usable database, or a newer version's.
 */
export async function openSqlite(path: string): Promise<Database> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openFile(path);
  const opened = statSync(path);
  const assertAlive = () => assertSameFile(path, opened);
  const { dialect, together } = joinable(sqliteDialect(file, assertAlive));
  const query = new Kysely<Schema>({ dialect, log: traceQuery("sqlite") });
  try {
    await migrate(query, (migration) => keepAsItWas(path, migration));
    // One server at a time has the file: what was condemned by an earlier one is not being removed any more.
    await query.deleteFrom("condemned_blobs").execute();
  } catch (error) {
    file.close();
    throw error instanceof SitepodError ? error : unusable(path, error);
  }
  return {
    query,
    isShared: false,
    together,
    check: async () => assertAlive(),
    // There is one connection: whoever has a transaction is alone.
    fenceContents: async () => {},
    close: () => query.destroy(),
  };
}

/** Copies the database to where whoever goes back to the version before finds it: `sitepod.db.before-0005-…`. */
function keepAsItWas(path: string, migration: string): void {
  const kept = `${path}.before-${migration}`;
  const aside = `${kept}.part`;
  rmSync(aside, { force: true });
  closeSync(openSync(aside, "wx", 0o600));
  copyFile(path, aside);
  syncPath(aside);
  renameSync(aside, kept);
  syncPath(dirname(kept));
}

function syncPath(path: string): void {
  const handle = openSync(path, "r");
  fsyncSync(handle);
  closeSync(handle);
}

/**
 * Whether opening `path` would begin an empty database: there is no file, or one without a schema, such as a failed copy
 * leaves. Throws SitepodError `unavailable` where the file is not a usable database.
 */
export function isNewSqlite(path: string): boolean {
  if (!existsSync(path)) return true;
  const file = openFile(path);
  try {
    return file.query("select name from sqlite_schema where name = 'workspaces'").get() === null;
  } catch (error) {
    throw unusable(path, error);
  } finally {
    file.close();
  }
}

function openFile(path: string): SqliteFile {
  try {
    const file = new SqliteFile(path, { create: true, strict: true });
    // FULL: a transaction that was acknowledged is on the disk, also after a power cut.
    file.run("pragma journal_mode = wal");
    file.run("pragma synchronous = full");
    file.run("pragma foreign_keys = on");
    file.run("pragma busy_timeout = 5000");
    return file;
  } catch (error) {
    throw unusable(path, error);
  }
}

/**
 * A deleted or replaced file still takes writes through an open handle, and loses them. So before each use: the path
 * must lead to the file that was opened, and still begin like a database.
 */
function assertSameFile(path: string, opened: { ino: number; dev: number }): void {
  let header = "";
  try {
    const now = statSync(path);
    if (now.ino !== opened.ino || now.dev !== opened.dev) throw new Error("another file is in its place");
    const handle = openSync(path, "r");
    try {
      const bytes = new Uint8Array(SQLITE_HEADER.length);
      readSync(handle, bytes, 0, bytes.length, 0);
      header = new TextDecoder().decode(bytes);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unusable(path, error);
  }
  if (header !== SQLITE_HEADER) throw unusable(path, new Error("it is not a SQLite file"));
}
