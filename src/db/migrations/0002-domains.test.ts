import { expect, test } from "bun:test";
import { Database as SqliteFile } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, Migrator, sql } from "kysely";
import { openSqlite } from "../sqlite.ts";
import { sqliteDialect } from "../sqlite-dialect.ts";
import * as initial from "./0001-initial.ts";

const CREATED_AT = "2026-01-01T00:00:00.000Z";

test("domains of a database made before keep their tokens, and wait at the whole host of prod", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const path = join(folder, "sitepod.db");
  const before = new Kysely<unknown>({ dialect: sqliteDialect(new SqliteFile(path), () => {}) });
  const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
  expect((await new Migrator({ db: before, provider }).migrateToLatest()).error).toBeUndefined();
  await sql`insert into workspaces values ('w1', 'mine', null, ${CREATED_AT})`.execute(before);
  await sql`insert into sites values ('s1', 'w1', 'shop', 'shop', ${CREATED_AT}, ${CREATED_AT})`.execute(before);
  await sql`insert into domains values ('example.com', 's1', 'pending', 't1', ${CREATED_AT})`.execute(before);
  await before.destroy();

  const after = await openSqlite(path);
  const key = { workspace_id: "w1", hostname: "example.com" };
  const never = { verified_at: null, checked_at: null, missing_since: null };
  expect(await after.query.selectFrom("domains").selectAll().execute()).toEqual([
    { ...key, status: "pending", token: "t1", created_at: CREATED_AT, ...never },
  ]);
  expect(await after.query.selectFrom("mounts").selectAll().execute()).toEqual([
    { ...key, path: "/", site_id: "s1", environment: "prod", redirect_to: null, created_at: CREATED_AT },
  ]);

  const rival = { ...key, workspace_id: "w2", token: "t2", created_at: CREATED_AT };
  const { query } = after;
  await query
    .insertInto("workspaces")
    .values({ id: "w2", name: "other", owner_id: null, created_at: CREATED_AT })
    .execute();
  await query
    .insertInto("domains")
    .values({ ...rival, status: "pending" })
    .execute();
  await query.updateTable("domains").set({ status: "active" }).where("workspace_id", "=", "w1").execute();
  const second = query.updateTable("domains").set({ status: "active" }).where("workspace_id", "=", "w2").execute();
  await expect(second).rejects.toThrow("UNIQUE");
  await query.deleteFrom("domains").where("workspace_id", "=", "w1").execute();
  expect(await query.selectFrom("mounts").selectAll().execute()).toEqual([]);
  await after.close();
});
