import { sql } from "kysely";
import { createLocks, openPostgres } from "#db";
import type { TestDatabase } from "../../src/control/test-database.ts";
import type { Postgres } from "./postgres.ts";

/** Returns how to open an empty database on a server. One that is given back is emptied: that takes less than a new one. */
export function createTestDatabases(postgres: Postgres): () => Promise<TestDatabase> {
  const free: string[] = [];
  return async () => {
    const used = free.pop();
    const database = await open(used ?? (await postgres.newDatabase()), (url) => free.push(url));
    if (used !== undefined) await empty(database);
    return database;
  };
}

/** As one control plane has it, with its locks. */
async function open(url: string, giveBack: (url: string) => void): Promise<TestDatabase> {
  const db = await openPostgres(url);
  const locks = createLocks(url);
  return {
    db,
    locks,
    openAgain: () => open(url, () => {}),
    async [Symbol.asyncDispose]() {
      locks.close();
      await db.close();
      giveBack(url);
    },
  };
}

async function empty({ db: { query } }: TestDatabase): Promise<void> {
  const tables = await query.introspection.getTables();
  const names = sql.join(tables.map(({ name }) => sql.table(name)));
  // The log refuses to be emptied, by its trigger.
  await sql`alter table audit_events disable trigger user`.execute(query);
  await sql`truncate ${names} restart identity cascade`.execute(query);
  await sql`alter table audit_events enable trigger user`.execute(query);
}
