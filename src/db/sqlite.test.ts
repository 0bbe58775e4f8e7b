import { Database as SqliteFile } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { migrations } from "./migrations/mod.ts";
import { isDatabaseFull, isNewSqlite, lockFolder, openSqlite } from "./mod.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  path = join(folder, "db", "sitepod.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const workspace = {
  id: "w1",
  name: "mine",
  owner_id: null,
  home_of: null,
  lost_at: null,
  created_at: "2026-01-01T00:00:00.000Z",
};

test("a database is made once and keeps its rows when opened again", async () => {
  expect(isNewSqlite(path)).toBe(true);
  const first = await openSqlite(path);
  await first.query.insertInto("workspaces").values(workspace).execute();
  await first.close();
  expect(isNewSqlite(path)).toBe(false);
  const second = await openSqlite(path);
  expect(await second.query.selectFrom("workspaces").selectAll().execute()).toEqual([workspace]);
  await second.close();
});

test("an empty file is a new database, and asking does not make it another", () => {
  const empty = join(folder, "empty.db");
  writeFileSync(empty, "");
  for (let i = 0; i < 2; i++) expect(isNewSqlite(empty)).toBe(true);
});

test("a file that is not a database is no new one", () => {
  const other = join(folder, "other.db");
  writeFileSync(other, "not a database, but long enough to be read as one".repeat(100));
  expect(() => isNewSqlite(other)).toThrow("Restore the database file");
});

test("a deleted file takes no more writes", async () => {
  const database = await openSqlite(path);
  await database.check();
  rmSync(path);
  await expect(database.check()).rejects.toThrow("sites keep serving");
  await expect(database.query.insertInto("workspaces").values(workspace).execute()).rejects.toThrow("cannot be used");
  await database.close();
});

test("a file overwritten with something else takes no more writes", async () => {
  const database = await openSqlite(path);
  await database.query.insertInto("workspaces").values(workspace).execute();
  writeFileSync(path, "x".repeat(10_000));
  await expect(database.check()).rejects.toThrow("cannot be used");
  await database.close();
});

test("a file that is not a database is refused with a way out", async () => {
  const other = join(folder, "other.db");
  writeFileSync(other, "not a database, but long enough to be read as one".repeat(100));
  await expect(openSqlite(other)).rejects.toThrow("Restore the database file");
});

test("a transaction that finds the disk full says so, and leaves nothing behind", async () => {
  const { query, close } = await openSqlite(path);
  await sql`pragma max_page_count = 1`.execute(query);
  const fill = query.transaction().execute(async (transaction) => {
    for (let i = 0; i < 1000; i++) {
      await transaction
        .insertInto("workspaces")
        .values({ ...workspace, id: `w${i}`, name: "x".repeat(4096) })
        .execute();
    }
  });
  const error = await fill.catch((refusal: unknown) => refusal);
  expect([isDatabaseFull(error), isDatabaseFull(new Error("another"))]).toEqual([true, false]);
  expect(await query.selectFrom("workspaces").selectAll().execute()).toEqual([]);
  await close();
});

test("a data folder is held by one server at a time", () => {
  const held = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow("Another sitepod server uses");
  held[Symbol.dispose]();
  lockFolder(folder)[Symbol.dispose]();
});

test("a database that a newer version has changed is refused, and left as it is", async () => {
  await (await openSqlite(path)).close();
  const file = new SqliteFile(path);
  file.run("insert into kysely_migration values ('9999-later', '2026-01-01T00:00:00.000Z')");
  file.close();
  await expect(openSqlite(path)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("newer version of sitepod has changed the database (9999-later)"),
  });
});

test("a database that an older version has made is kept as it was before it is changed", async () => {
  await (await openSqlite(path)).close();
  const newest = Object.keys(migrations).at(-1)!;
  const older = new SqliteFile(path);
  older.run("insert into workspaces (id, name, created_at) values ('w1', 'mine', '2026-01-01T00:00:00.000Z')");
  older.run("create table kept as select * from workspaces");
  older.run("delete from kysely_migration where name = ?", [newest]);
  older.close();
  // What it lacks is there already, so the migration itself fails: the copy comes first.
  await expect(openSqlite(path)).rejects.toThrow("cannot be used");
  const copy = `${path}.before-${newest}`;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const kept = new SqliteFile(copy, { readonly: true });
  expect(kept.query("select id from kept").all()).toEqual([{ id: "w1" }]);
  expect(kept.query("select name from kysely_migration").all()).not.toContainEqual({ name: newest });
  kept.close();
  expect(readdirSync(join(folder, "db")).filter((name) => name.endsWith(".part"))).toEqual([]);
});
