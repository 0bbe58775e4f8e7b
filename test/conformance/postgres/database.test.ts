import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SQL } from "bun";
import { Kysely, Migrator, sql } from "kysely";
import { type Database, isNewPostgres, isUniqueViolation, openPostgres, readServerKey } from "#db";
import { SitepodError } from "#model";
import * as initial from "../../../src/db/migrations/0001-initial.ts";
import { postgresDialect } from "../../../src/db/postgres-dialect.ts";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const CREATED_AT = "2026-01-01T00:00:00.000Z";
const workspace = (id: string) => ({
  id,
  name: "mine",
  owner_id: null,
  home_of: null,
  created_at: CREATED_AT,
  lost_at: null,
});
const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

describe.skipIf(postgresIsMissing !== undefined)(`a database in PostgreSQL${reason}`, () => {
  let postgres: Postgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  beforeEach(async () => {
    url = await postgres.newDatabase();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  async function open(): Promise<Database & AsyncDisposable> {
    const db = await openPostgres(url);
    return { ...db, [Symbol.asyncDispose]: () => db.close() };
  }

  test("is made once, by one of those that open it at the same moment, and keeps its rows", async () => {
    expect(await isNewPostgres(url)).toBe(true);
    const opened = await Promise.all([open(), open(), open()]);
    await opened[0].query.insertInto("workspaces").values(workspace("w1")).execute();
    for (const db of opened) {
      expect(await db.query.selectFrom("workspaces").selectAll().execute()).toEqual([workspace("w1")]);
      await db.close();
    }
    expect(await isNewPostgres(url)).toBe(false);
  });

  test("counts in numbers, and orders text by its bytes, as SQLite does", async () => {
    await using db = await open();
    for (const id of ["b", "a-b", "a", "ab", "B"])
      await db.query.insertInto("workspaces").values(workspace(id)).execute();
    const { count } = await db.query
      .selectFrom("workspaces")
      .select((select) => select.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    expect(count).toBe(5);
    const rows = await db.query.selectFrom("workspaces").select("id").orderBy("id").execute();
    expect(rows.map(({ id }) => id)).toEqual(["B", "a", "a-b", "ab", "b"]);
    const { numDeletedRows } = await db.query.deleteFrom("workspaces").where("id", "<", "b").executeTakeFirstOrThrow();
    expect(numDeletedRows).toBe(4n);
  });

  test("says when a row is there already, and takes back a transaction that fails", async () => {
    await using db = await open();
    const twice = db.query.transaction().execute(async (query) => {
      for (let i = 0; i < 2; i++) await query.insertInto("workspaces").values(workspace("w1")).execute();
    });
    expect(isUniqueViolation(await twice.catch((error: unknown) => error))).toBe(true);
    expect(await db.query.selectFrom("workspaces").selectAll().execute()).toEqual([]);
  });

  test("made by the first version is brought up to date, with its domains", async () => {
    const pool = new SQL(url);
    const before = new Kysely<unknown>({ dialect: postgresDialect(pool) });
    const provider = { getMigrations: async () => ({ "0001-initial": initial }) };
    expect((await new Migrator({ db: before, provider }).migrateToLatest()).error).toBeUndefined();
    await sql`insert into workspaces values ('w1', 'mine', null, ${CREATED_AT})`.execute(before);
    await sql`insert into sites values ('s1', 'w1', 'shop', 'shop', ${CREATED_AT}, ${CREATED_AT})`.execute(before);
    await sql`insert into domains values ('example.com', 's1', 'pending', 't1', ${CREATED_AT})`.execute(before);
    await before.destroy();

    await using db = await open();
    expect(await db.query.selectFrom("mounts").select(["hostname", "path", "site_id"]).execute()).toEqual([
      { hostname: "example.com", path: "/", site_id: "s1" },
    ]);
  });

  test("that a newer version has changed is refused", async () => {
    await (await open()).close();
    await using client = new SQL(url, { max: 1 });
    await client.unsafe("insert into kysely_migration values ('9999-later', $1)", [CREATED_AT]);
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SitepodError);
    expect(failure).toMatchObject({ code: "unavailable" });
    expect((failure as SitepodError).message).toContain("(9999-later)");
  });

  test("is unavailable, not broken, while PostgreSQL restarts, and is used again after", async () => {
    await using db = await open();
    const query = () => db.query.selectFrom("workspaces").selectAll().execute();
    const inTransaction = db.query.transaction().execute(async (transaction) => {
      await transaction.insertInto("workspaces").values(workspace("w1")).execute();
      await postgres.stop();
      await transaction.insertInto("workspaces").values(workspace("w2")).execute();
    });
    await expect(inTransaction).rejects.toMatchObject({ code: "unavailable" });
    await expect(query()).rejects.toMatchObject({ code: "unavailable", retryAfterS: 5 });
    await expect(db.check()).rejects.toMatchObject({ code: "unavailable" });
    const elsewhere = await openPostgres(url).catch((error: unknown) => error);
    expect(elsewhere).toMatchObject({ code: "unavailable" });
    expect(String((elsewhere as Error).message)).not.toContain("sitepod@");
    await postgres.start();
    await waitUntil(
      "the pool is whole again",
      async () =>
        await query().then(
          () => true,
          () => false,
        ),
    );
    for (const rows of await Promise.all(Array.from({ length: 20 }, query))) expect(rows).toEqual([]);
  });

  test("has one key for all who ask", async () => {
    await using one = await open();
    await using other = await open();
    const keys = await Promise.all([readServerKey(one, "session", "a"), readServerKey(other, "session", "b")]);
    expect(keys[0]).toBe(keys[1]);
    expect(await readServerKey(other, "session", "c")).toBe(keys[0]);
  });

  test("lets those that share contents work side by side, and who is alone after them", async () => {
    await using one = await open();
    await using other = await open();
    const order: string[] = [];
    const mayEnd = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const shared = one.query.transaction().execute(async (query) => {
      await one.fenceContents(query, "shared");
      begun.resolve();
      await mayEnd.promise;
      order.push("shared");
    });
    await begun.promise;
    const alone = other.query.transaction().execute(async (query) => {
      await other.fenceContents(query, "alone");
      order.push("alone");
    });
    await waitUntil("the other waits", async () => (await waiting()) === 1);
    mayEnd.resolve();
    await Promise.all([shared, alone]);
    expect(order).toEqual(["shared", "alone"]);
  });

  const waiting = async () =>
    (await postgres.ask("select 1 from pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'advisory'"))
      .length;
});
