import { Database as SqliteFile } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, Migrator, sql } from "kysely";
import { openSqlite } from "../sqlite.ts";
import { sqliteDialect } from "../sqlite-dialect.ts";
import { migrations } from "./mod.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** A database made before, with events and a signed webhook, brought up to date. */
async function openUpgraded() {
  const folder = mkdtempSync(join(tmpdir(), "sitepod-db-"));
  const path = join(folder, "sitepod.db");
  const before = new Kysely<unknown>({ dialect: sqliteDialect(new SqliteFile(path), () => {}) });
  const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0016"));
  const provider = { getMigrations: async () => earlier };
  expect((await new Migrator({ db: before, provider }).migrateToLatest()).error).toBeUndefined();
  await sql`insert into workspaces (id, name, created_at) values ('w1', 'mine', ${AT})`.execute(before);
  for (const target of ["v1", "x".repeat(5000)]) {
    await sql`insert into audit_events (at, workspace_id, user_id, actor, action, site_id, target)
      values (${AT}, 'w1', 'u1', 'ann@example.org', 'release.create', 's1', ${target})`.execute(before);
  }
  await sql`insert into webhooks (id, workspace_id, format, shown_url, url, secret, events, created_by, created_at)
    values ('wh_1', 'w1', 'json', 'https://example.com/', 'sealed', 'sealed', '*', 'u1', ${AT})`.execute(before);
  await before.destroy();
  const { query, close } = await openSqlite(path);
  return {
    query,
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

test("what was there is there after it, and old secrets go with their webhook", async () => {
  await using upgraded = await openUpgraded();
  const { query } = upgraded;
  expect(await query.selectFrom("audit_events").select(["id", "action"]).execute()).toEqual([
    { id: 1, action: "release.create" },
    { id: 2, action: "release.create" },
  ]);
  expect(await query.selectFrom("webhooks").select("secret").execute()).toEqual([{ secret: "sealed" }]);
  await query.insertInto("webhook_old_secrets").values({ webhook_id: "wh_1", secret: "old", expires_at: AT }).execute();
  await query.deleteFrom("webhooks").execute();
  expect(await query.selectFrom("webhook_old_secrets").selectAll().execute()).toEqual([]);
});

describe("a page of the log is read by an index that has it in order:", () => {
  let upgraded: Awaited<ReturnType<typeof openUpgraded>>;
  beforeAll(async () => void (upgraded = await openUpgraded()));
  afterAll(() => upgraded[Symbol.asyncDispose]());

  test.each([
    ["audit_events_order", "at < '2026'"],
    ["audit_events_workspace_order", "workspace_id = 'w1' and at < '2026'"],
    ["audit_events_site_order", "site_id = 's1' and (at, id) < ('2026', 7)"],
    ["audit_events_actor", "workspace_id = 'w1' and actor = 'a' and at >= '2026'"],
    ["audit_events_action", "workspace_id = 'w1' and action = 'a' and (at, id) < ('2026', 7)"],
    ["audit_events_target", "workspace_id = 'w1' and substr(target, 1, 200) = 'v1' and target = 'v1'"],
  ])("%s", async (index, condition) => {
    const { rows } = await sql<{ detail: string }>`explain query plan
      select * from audit_events where ${sql.raw(condition)} order by at desc, id desc limit 50`.execute(
      upgraded.query,
    );
    expect(rows.map(({ detail }) => detail)).toEqual([expect.stringContaining(`USING INDEX ${index} `)]);
  });
});
