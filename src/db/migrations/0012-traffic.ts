import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** What sites were asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("traffic")
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("span", text, (c) => c.notNull())
    .addColumn("at", text, (c) => c.notNull())
    .addColumn("shown_as", text, (c) => c.notNull())
    .addColumn("figures", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("traffic_pk", ["site_id", "span", "at", "shown_as"])
    .execute();
  await schema.createIndex("traffic_age").on("traffic").columns(["span", "at"]).execute();
  await schema
    .createTable("traffic_reports")
    .addColumn("key", text, (c) => c.primaryKey())
    .addColumn("at", text, (c) => c.notNull())
    .addColumn("added", "integer", (c) => c.notNull())
    .execute();
}
