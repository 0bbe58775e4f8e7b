import type { Kysely } from "kysely";
import { typesOf } from "./dialect.ts";

/** Second factors, log-ins by a code, passkeys, and from where each account has signed in before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await betterAuthTables(db);
  await ownTables(db);
}

/** As Better Auth's plugins define them; a device code also knows what asked for it, and from where. */
async function betterAuthTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema.alterTable("user").addColumn("twoFactorEnabled", "integer").execute();
  await schema
    .createTable("twoFactor")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("secret", text, (c) => c.notNull())
    .addColumn("backupCodes", text, (c) => c.notNull())
    .addColumn("userId", text, (c) => c.notNull().unique().references("user.id").onDelete("cascade"))
    .addColumn("verified", "integer")
    .addColumn("failedVerificationCount", "integer", (c) => c.notNull().defaultTo(0))
    .addColumn("lockedUntil", text)
    .execute();
  await schema
    .createTable("deviceCode")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("deviceCode", text, (c) => c.notNull().unique())
    .addColumn("userCode", text, (c) => c.notNull().unique())
    .addColumn("userId", text, (c) => c.references("user.id").onDelete("cascade"))
    .addColumn("expiresAt", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("lastPolledAt", text)
    .addColumn("pollingInterval", "integer")
    .addColumn("clientId", text)
    .addColumn("scope", text)
    .addColumn("name", text)
    .addColumn("address", text)
    .execute();
}

async function ownTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("passkeys")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("user_id", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("credential_id", text, (c) => c.notNull().unique())
    .addColumn("public_key", text, (c) => c.notNull())
    .addColumn("counter", "bigint", (c) => c.notNull())
    .addColumn("transports", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("last_used_at", text)
    .execute();
  await schema.createIndex("passkeys_user").on("passkeys").column("user_id").execute();
  await schema
    .createTable("known_places")
    .addColumn("user_id", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .addColumn("place", text, (c) => c.notNull())
    .addColumn("last_used_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("known_places_pk", ["user_id", "place"])
    .execute();
}
