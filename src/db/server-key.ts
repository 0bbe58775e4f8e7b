import type { Database } from "./database.ts";

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
