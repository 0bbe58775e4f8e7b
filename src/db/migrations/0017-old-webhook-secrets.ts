import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** What webhooks were signed with before, for as long as it is good. */
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
}
