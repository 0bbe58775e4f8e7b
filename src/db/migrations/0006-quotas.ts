import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/**
 * What workspaces may have, and how much they have. What they have already is put down as the sum of their releases, which
 * counts what releases share more than once: it is counted anew before anybody is refused by it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text, isPostgres } = typesOf(db);
  await schema
    .createTable("workspace_quotas")
    .addColumn("workspace_id", text, (c) => c.primaryKey().references("workspaces.id").onDelete("cascade"))
    .addColumn("max_files", "bigint")
    .addColumn("max_file_size", "bigint")
    .addColumn("max_deploy_size", "bigint")
    .addColumn("max_stored_size", "bigint")
    .addColumn("max_sites", "bigint")
    .addColumn("max_requests_per_minute", "bigint")
    .execute();
  await schema
    .createTable("workspace_usage")
    .addColumn("workspace_id", text, (c) => c.primaryKey().references("workspaces.id").onDelete("cascade"))
    .addColumn("stored_size", "bigint", (c) => c.notNull())
    .addColumn("releases", "bigint", (c) => c.notNull())
    .addColumn("doubts", "bigint", (c) => c.notNull())
    .execute();
  await sql`insert into workspace_usage (workspace_id, stored_size, releases, doubts)
    select sites.workspace_id, sum(releases.total_size), count(*), 1
    from releases join sites on sites.id = releases.site_id where removed_at is null group by sites.workspace_id`.execute(
    db,
  );
  await schema
    .alterTable("workspace_blobs")
    .addColumn("is_held", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
  // As rate-limiter-flexible wants it. What is counted there is over in a minute: after a crash it may be lost.
  await schema
    .createTable("request_counts")
    .modifyFront(isPostgres ? sql`unlogged` : sql``)
    .addColumn("key", text, (c) => c.primaryKey())
    .addColumn("points", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("expire", "bigint")
    .execute();
}
