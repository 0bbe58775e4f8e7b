import { expect, test } from "bun:test";
import { Database as SqliteFile } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, Migrator, sql } from "kysely";
import { openSqlite } from "../sqlite.ts";
import { sqliteDialect } from "../sqlite-dialect.ts";
import * as initial from "./0001-initial.ts";

test("accounts of a database made before have no second factor, and take their passkeys with them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const path = join(folder, "sitepod.db");
  const before = new Kysely<unknown>({ dialect: sqliteDialect(new SqliteFile(path), () => {}) });
  const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
  expect((await new Migrator({ db: before, provider }).migrateToLatest()).error).toBeUndefined();
  await sql`insert into user values ('u1', 'ann', 'ann@example.org', 0, null, '2026', '2026', 'user')`.execute(before);
  await before.destroy();

  const after = await openSqlite(path);
  const { query } = after;
  expect(await query.selectFrom("user").select(["id", "twoFactorEnabled"]).execute()).toEqual([
    { id: "u1", twoFactorEnabled: null },
  ]);
  const passkey = { user_id: "u1", name: "laptop", public_key: "", counter: 0, transports: "", created_at: "2026" };
  await query
    .insertInto("passkeys")
    .values({ ...passkey, id: "p1", credential_id: "c1", last_used_at: null })
    .execute();
  await query.insertInto("known_places").values({ user_id: "u1", place: "home", last_used_at: "2026" }).execute();
  await query.deleteFrom("user").execute();
  expect(await query.selectFrom("passkeys").select("id").execute()).toEqual([]);
  expect(await query.selectFrom("known_places").select("place").execute()).toEqual([]);
  await after.close();
});
