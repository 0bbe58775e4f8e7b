import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** What is about to be changed in the store, until it is recorded. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text } = typesOf(db);
  await db.schema
    .createTable("pending_changes")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("turn", text, (c) => c.notNull())
    .addColumn("site_id", text)
    .addColumn("author", text, (c) => c.notNull())
    .addColumn("data", text, (c) => c.notNull())
    .addColumn("begun_at", text, (c) => c.notNull())
    .execute();
}
