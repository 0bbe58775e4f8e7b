import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** Deleted sites are in a bin before they go for good. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { text } = typesOf(db);
  await db.schema
    .createTable("deleted_sites")
    .addColumn("site_id", text, (c) => c.primaryKey().references("sites.id").onDelete("cascade"))
    .addColumn("deleted_at", text, (c) => c.notNull())
    .addColumn("deleted_by", text)
    .addColumn("domains", text, (c) => c.notNull())
    .addColumn("purging_at", text)
    .execute();
}
