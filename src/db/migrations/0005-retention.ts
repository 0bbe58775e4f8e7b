import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** Releases that retention removed stay in the history, and a collection of garbage tells how far it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema.alterTable("releases").addColumn("removed_at", text).execute();
  await schema
    .createTable("garbage_runs")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("begun_at", text, (c) => c.notNull())
    .addColumn("told_at", text, (c) => c.notNull())
    .addColumn("ended_at", text)
    .addColumn("fault", text)
    .addColumn("phase", text, (c) => c.notNull())
    .addColumn("first", text, (c) => c.notNull())
    .addColumn("next", text, (c) => c.notNull())
    .addColumn("removed_releases", "integer", (c) => c.notNull())
    .addColumn("referenced_blobs", "integer", (c) => c.notNull())
    .addColumn("total_blobs", "integer", (c) => c.notNull())
    .addColumn("deleted_blobs", "integer", (c) => c.notNull())
    .addColumn("freed_bytes", "bigint", (c) => c.notNull())
    .execute();
  // Each few blobs that are removed ask by these, and everything else waits meanwhile.
  await schema.createIndex("workspace_blobs_digest").on("workspace_blobs").column("digest").execute();
  await schema.createIndex("uploads_expires").on("uploads").column("expires_at").execute();
  await schema.createIndex("uploads_created").on("uploads").column("created_at").execute();
}
