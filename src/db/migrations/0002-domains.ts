import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/**
 * A domain is asked for by a workspace, and several may ask for the same one until one of them proves it. Where its
 * sites are on it is told by the mounts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema.alterTable("domains").renameTo("domains_of_sites").execute();
  await schema
    .createTable("domains")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("hostname", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("token", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("verified_at", text)
    .addColumn("checked_at", text)
    .addColumn("missing_since", text)
    .addPrimaryKeyConstraint("domains_pk", ["workspace_id", "hostname"])
    .execute();
  await schema
    .createIndex("domains_active")
    .on("domains")
    .column("hostname")
    .unique()
    .where(sql.ref("status"), "=", sql.lit("active"))
    .execute();
  await schema
    .createTable("mounts")
    .addColumn("workspace_id", text, (c) => c.notNull())
    .addColumn("hostname", text, (c) => c.notNull())
    .addColumn("path", text, (c) => c.notNull())
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("environment", text, (c) => c.notNull())
    .addColumn("redirect_to", text)
    .addColumn("created_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("mounts_pk", ["workspace_id", "hostname", "path"])
    .addForeignKeyConstraint(
      "mounts_domain",
      ["workspace_id", "hostname"],
      "domains",
      ["workspace_id", "hostname"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
  await schema.createIndex("mounts_site").on("mounts").column("site_id").execute();
  await sql`insert into domains (workspace_id, hostname, status, token, created_at)
    select sites.workspace_id, hostname, 'pending', token, old.created_at
    from domains_of_sites as old join sites on sites.id = old.site_id`.execute(db);
  await sql`insert into mounts (workspace_id, hostname, path, site_id, environment, created_at)
    select sites.workspace_id, hostname, '/', site_id, 'prod', old.created_at
    from domains_of_sites as old join sites on sites.id = old.site_id`.execute(db);
  await schema.dropTable("domains_of_sites").execute();
}
