import type { Kysely } from "kysely";

/** Plans say what changes in a pod that is there; releases, when their commit was made. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.alterTable("uploads").addColumn("base", "text").execute();
  await schema
    .alterTable("uploads")
    .addColumn("is_partial", "integer", (c) => c.notNull().defaultTo(0))
    .execute();
  await schema.alterTable("uploads").addColumn("git_time", "text").execute();
  await schema.alterTable("releases").addColumn("git_time", "text").execute();
  await schema.alterTable("workspaces").addColumn("lost_at", "text").execute();
}
