import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/** What webhooks were signed with before, for as long as it is good; and the log by time, and by what it is asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("webhook_old_secrets")
    .addColumn("webhook_id", text, (c) => c.notNull().references("webhooks.id").onDelete("cascade"))
    .addColumn("secret", text, (c) => c.notNull())
    .addColumn("expires_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("webhook_old_secrets_pk", ["webhook_id", "secret"])
    .execute();
  const indexes = {
    audit_events_order: ["at", "id"],
    audit_events_workspace_order: ["workspace_id", "at", "id"],
    audit_events_site_order: ["site_id", "at", "id"],
    audit_events_actor: ["workspace_id", "actor", "at", "id"],
    audit_events_action: ["workspace_id", "action", "at", "id"],
  };
  for (const [name, columns] of Object.entries(indexes)) {
    await schema.createIndex(name).on("audit_events").columns(columns).execute();
  }
  // A target may be longer than what PostgreSQL has room for in an index.
  await sql`create index audit_events_target
    on audit_events (workspace_id, substr(target, 1, 200), at, id)`.execute(db);
  for (const name of ["audit_events_workspace", "audit_events_site"]) await schema.dropIndex(name).execute();
}
