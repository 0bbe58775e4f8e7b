import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/** Webhooks of workspaces, and what is and was sent to them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text, counter, countUp } = typesOf(db);
  await schema
    .createTable("webhooks")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("site_id", text, (c) => c.references("sites.id").onDelete("cascade"))
    .addColumn("format", text, (c) => c.notNull())
    .addColumn("shown_url", text, (c) => c.notNull())
    .addColumn("url", text, (c) => c.notNull())
    .addColumn("secret", text)
    .addColumn("events", text, (c) => c.notNull())
    .addColumn("is_enabled", "integer", (c) => c.notNull().defaultTo(1))
    .addColumn("disabled_reason", text)
    .addColumn("created_by", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("failing_since", text)
    .execute();
  await schema.createIndex("webhooks_workspace").on("webhooks").column("workspace_id").execute();
  await schema.createIndex("webhooks_site").on("webhooks").column("site_id").execute();
  await schema
    .createTable("webhook_deliveries")
    .addColumn("number", counter, countUp)
    .addColumn("id", text, (c) => c.notNull().unique())
    .addColumn("webhook_id", text, (c) => c.notNull().references("webhooks.id").onDelete("cascade"))
    .addColumn("event", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("next_at", text, (c) => c.notNull())
    .addColumn("attempts", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("attempted_at", text)
    .addColumn("duration_ms", "integer")
    .addColumn("status", "integer")
    .addColumn("answer", text)
    .addColumn("fault", text)
    .execute();
  await schema
    .createIndex("webhook_deliveries_webhook")
    .on("webhook_deliveries")
    .columns(["webhook_id", "number"])
    .execute();
  // It holds what is pending alone, so looking for what is due reads no more than that.
  await schema
    .createIndex("webhook_deliveries_pending")
    .on("webhook_deliveries")
    .columns(["webhook_id", "next_at", "number"])
    .where(sql<boolean>`state = 'pending'`)
    .execute();
}
