import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** What several control planes must agree on, and a single one remembers over restarts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("schedules")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("epoch", "integer", (c) => c.notNull())
    .addColumn("next_at", text, (c) => c.notNull())
    .execute();
  await schema
    .createTable("condemned_blobs")
    .addColumn("digest", text, (c) => c.primaryKey())
    .addColumn("until", text, (c) => c.notNull())
    .execute();
  await schema
    .createTable("server_keys")
    .addColumn("name", text, (c) => c.primaryKey())
    .addColumn("value", text, (c) => c.notNull())
    .execute();
  // As rate-limiter-flexible wants it.
  await schema
    .createTable("login_attempts")
    .addColumn("key", text, (c) => c.primaryKey())
    .addColumn("points", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("expire", "bigint")
    .execute();
}
