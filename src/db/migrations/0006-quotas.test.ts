import { expect, test } from "bun:test";
import { Database as SqliteFile } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, Migrator, sql } from "kysely";
import { openSqlite } from "../sqlite.ts";
import { sqliteDialect } from "../sqlite-dialect.ts";
import { migrations } from "./mod.ts";

const AT = "2026-01-01T00:00:00.000Z";

test("workspaces of a database made before hold the sum of their releases at most, and are to be counted anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const path = join(folder, "sitepod.db");
  const before = new Kysely<unknown>({ dialect: sqliteDialect(new SqliteFile(path), () => {}) });
  const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0006"));
  const provider = { getMigrations: async () => earlier };
  expect((await new Migrator({ db: before, provider }).migrateToLatest()).error).toBeUndefined();
  for (const [id, sites] of Object.entries({ w1: ["shop", "blog"], w2: ["docs"], w3: [] })) {
    await sql`insert into workspaces (id, name, created_at) values (${id}, 'mine', ${AT})`.execute(before);
    for (const site of sites) {
      await sql`insert into sites (id, workspace_id, name, label, created_at, updated_at)
        values (${site}, ${id}, ${site}, ${site}, ${AT}, ${AT})`.execute(before);
      for (const version of [1, 2]) {
        await sql`insert into releases
          (site_id, version, image_id, manifest, files_count, total_size, created_at, created_by, "trigger")
          values (${site}, ${version}, 'img', 'aa', 1, ${version * 1000}, ${AT}, 'ann', 'cli')`.execute(before);
      }
    }
  }
  await sql`insert into workspace_blobs (workspace_id, digest) values ('w1', 'bb')`.execute(before);
  await before.destroy();

  const { query, close } = await openSqlite(path);
  expect(await query.selectFrom("workspace_usage").selectAll().orderBy("workspace_id").execute()).toEqual([
    { workspace_id: "w1", stored_size: 6000, releases: 4, doubts: 1 },
    { workspace_id: "w2", stored_size: 3000, releases: 2, doubts: 1 },
  ]);
  expect(await query.selectFrom("workspace_blobs").selectAll().execute()).toEqual([
    { workspace_id: "w1", digest: "bb", is_held: 0 },
  ]);
  await close();
});
