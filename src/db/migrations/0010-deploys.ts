import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/** Deploys with their logs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("deploys")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("user_id", text, (c) => c.notNull())
    .addColumn("version", "integer")
    .addColumn("has_failed", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("files_count", "integer", (c) => c.notNull())
    .addColumn("total_size", "bigint", (c) => c.notNull())
    .addColumn("new_files", "integer")
    .addColumn("new_bytes", "bigint")
    .addColumn("started_at", text, (c) => c.notNull())
    .addColumn("last_at", text, (c) => c.notNull())
    .execute();
  await schema.createIndex("deploys_site").on("deploys").columns(["site_id", "started_at"]).execute();
  await schema
    .createIndex("deploys_release")
    .on("deploys")
    .columns(["site_id", "version"])
    .where(sql.ref("version"), "is not", null)
    .execute();
  await schema
    .createTable("deploy_lines")
    .addColumn("deploy_id", text, (c) => c.notNull().references("deploys.id").onDelete("cascade"))
    .addColumn("number", "integer", (c) => c.notNull())
    .addColumn("at", text, (c) => c.notNull())
    .addColumn("content", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("deploy_lines_pk", ["deploy_id", "number"])
    .execute();
}
