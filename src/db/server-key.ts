import type { Database } from "./database.ts";
import { inspectPostgres } from "./postgres.ts";

/** Reads a secret that all control planes have alike. The first one to ask enters what it has made. */
export async function readServerKey({ query }: Database, name: string, made: string): Promise<string> {
  await query
    .insertInto("server_keys")
    .values({ name, value: made })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await query.selectFrom("server_keys").where("name", "=", name).select("value").executeTakeFirstOrThrow();
  return row.value;
}

/** Finds a secret of the control planes on a PostgreSQL database. Throws SitepodError `unavailable` where it cannot be used. */
export async function findServerKey(url: string, name: string): Promise<string | undefined> {
  const db = await inspectPostgres(url);
  try {
    const row = await db.query.selectFrom("server_keys").where("name", "=", name).select("value").executeTakeFirst();
    return row?.value;
  } finally {
    await db.close();
  }
}
