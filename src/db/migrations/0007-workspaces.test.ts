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
const LATER = "2026-02-01T00:00:00.000Z";

test("accounts of a database made before own their workspaces, and the newest is where their requests go", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  const path = join(folder, "sitepod.db");
  const before = new Kysely<unknown>({ dialect: sqliteDialect(new SqliteFile(path), () => {}) });
  const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0007"));
  const { error } = await new Migrator({
    db: before,
    provider: { getMigrations: async () => earlier },
  }).migrateToLatest();
  expect(error).toBeUndefined();
  await sql`insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", role)
    values ('u1', 'ann', 'ann@example.org', 0, ${AT}, ${AT}, 'admin')`.execute(before);
  for (const [id, owner, at] of [
    ["w0", null, AT],
    ["w1", "u1", AT],
    ["w2", "u1", LATER],
  ]) {
    await sql`insert into workspaces (id, name, owner_id, created_at) values (${id}, 'mine', ${owner}, ${at})`.execute(
      before,
    );
  }
  await sql`insert into sites (id, workspace_id, name, label, created_at, updated_at)
    values ('s1', 'w1', 'shop', 'shop', ${AT}, ${AT})`.execute(before);
  await sql`insert into tokens (id, user_id, name, hash, prefix, scopes, site_id, created_at)
    values ('t1', 'u1', 'all', 'h1', 'p', 'admin', null, ${AT}), ('t2', 'u1', 'ci', 'h2', 'p', 'deploy', 's1', ${AT})`.execute(
    before,
  );
  await sql`insert into audit_events (at, user_id, action, site_id)
    values (${AT}, 'u1', 'account.login', null), (${AT}, 'u1', 'release.create', 's1'), (${AT}, 'system', 'server.gc', null)`.execute(
    before,
  );
  await before.destroy();

  const { query, close } = await openSqlite(path);
  expect(await query.selectFrom("workspaces").select(["id", "home_of"]).orderBy("id").execute()).toEqual([
    { id: "w0", home_of: null },
    { id: "w1", home_of: null },
    { id: "w2", home_of: "u1" },
  ]);
  expect(await query.selectFrom("members").selectAll().orderBy("workspace_id").execute()).toEqual([
    { workspace_id: "w1", user_id: "u1", role: "owner", joined_at: AT },
    { workspace_id: "w2", user_id: "u1", role: "owner", joined_at: LATER },
  ]);
  expect(await query.selectFrom("tokens").select(["id", "workspace_id"]).orderBy("id").execute()).toEqual([
    { id: "t1", workspace_id: null },
    { id: "t2", workspace_id: "w1" },
  ]);
  expect(await query.selectFrom("audit_events").select(["action", "workspace_id"]).orderBy("id").execute()).toEqual([
    { action: "account.login", workspace_id: "w2" },
    { action: "release.create", workspace_id: "w1" },
    { action: "server.gc", workspace_id: null },
  ]);
  await expect(query.deleteFrom("audit_events").execute()).rejects.toThrow("audit events are never changed");
  await close();
});
