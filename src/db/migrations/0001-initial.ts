import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  await identityTables(db);
  await siteTables(db);
  await accessTables(db);
}

/** As Better Auth defines them, with one more column: a user's role. */
async function identityTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("user")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("email", text, (c) => c.notNull().unique())
    .addColumn("emailVerified", "integer", (c) => c.notNull())
    .addColumn("image", text)
    .addColumn("createdAt", text, (c) => c.notNull())
    .addColumn("updatedAt", text, (c) => c.notNull())
    .addColumn("role", text, (c) => c.notNull().defaultTo("user"))
    .execute();
  await schema
    .createTable("session")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("expiresAt", text, (c) => c.notNull())
    .addColumn("token", text, (c) => c.notNull().unique())
    .addColumn("createdAt", text, (c) => c.notNull())
    .addColumn("updatedAt", text, (c) => c.notNull())
    .addColumn("ipAddress", text)
    .addColumn("userAgent", text)
    .addColumn("userId", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .execute();
  await schema
    .createTable("account")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("accountId", text, (c) => c.notNull())
    .addColumn("providerId", text, (c) => c.notNull())
    .addColumn("userId", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .addColumn("accessToken", text)
    .addColumn("refreshToken", text)
    .addColumn("idToken", text)
    .addColumn("accessTokenExpiresAt", text)
    .addColumn("refreshTokenExpiresAt", text)
    .addColumn("scope", text)
    .addColumn("password", text)
    .addColumn("createdAt", text, (c) => c.notNull())
    .addColumn("updatedAt", text, (c) => c.notNull())
    .execute();
  await schema
    .createTable("verification")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("identifier", text, (c) => c.notNull())
    .addColumn("value", text, (c) => c.notNull())
    .addColumn("expiresAt", text, (c) => c.notNull())
    .addColumn("createdAt", text, (c) => c.notNull())
    .addColumn("updatedAt", text, (c) => c.notNull())
    .execute();
  await schema.createIndex("session_user").on("session").column("userId").execute();
  await schema.createIndex("account_user").on("account").column("userId").execute();
  await schema.createIndex("verification_identifier").on("verification").column("identifier").execute();
}

async function siteTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text, counter, countUp } = typesOf(db);
  await schema
    .createTable("workspaces")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("owner_id", text)
    .addColumn("created_at", text, (c) => c.notNull())
    .execute();
  await schema
    .createTable("sites")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id"))
    .addColumn("name", text, (c) => c.notNull().unique())
    .addColumn("label", text, (c) => c.notNull().unique())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("updated_at", text, (c) => c.notNull())
    .execute();
  await schema.createIndex("sites_workspace").on("sites").column("workspace_id").execute();
  await schema
    .createTable("releases")
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("image_id", text, (c) => c.notNull())
    .addColumn("manifest", text, (c) => c.notNull())
    .addColumn("files_count", "integer", (c) => c.notNull())
    .addColumn("total_size", "bigint", (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("created_by", text, (c) => c.notNull())
    .addColumn("trigger", text, (c) => c.notNull())
    .addColumn("message", text)
    .addColumn("git_commit", text)
    .addColumn("git_branch", text)
    .addColumn("git_message", text)
    .addPrimaryKeyConstraint("releases_pk", ["site_id", "version"])
    .execute();
  await schema.createIndex("releases_image").on("releases").columns(["site_id", "image_id"]).execute();
  await schema
    .createTable("deployments")
    .addColumn("id", counter, countUp)
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("environment", text, (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("previous_version", "integer")
    .addColumn("ref_version", "integer", (c) => c.notNull())
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("user_id", text, (c) => c.notNull())
    .addColumn("at", text, (c) => c.notNull())
    .execute();
  await schema.createIndex("deployments_environment").on("deployments").columns(["site_id", "environment"]).execute();
  await schema
    .createTable("previews")
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("slug", text, (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("created_by", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("expires_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("previews_pk", ["site_id", "slug"])
    .execute();
  await schema
    .createTable("domains")
    .addColumn("hostname", text, (c) => c.primaryKey())
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("token", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .execute();
}

async function accessTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text, counter, countUp, isPostgres } = typesOf(db);
  await schema
    .createTable("uploads")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("workspace_id", text, (c) => c.notNull())
    .addColumn("user_id", text, (c) => c.notNull())
    .addColumn("manifest", text, (c) => c.notNull())
    .addColumn("git_commit", text)
    .addColumn("git_branch", text)
    .addColumn("git_message", text)
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("expires_at", text, (c) => c.notNull())
    .addColumn("version", "integer")
    .execute();
  await schema
    .createTable("workspace_blobs")
    .addColumn("workspace_id", text, (c) => c.notNull())
    .addColumn("digest", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("workspace_blobs_pk", ["workspace_id", "digest"])
    .modifyEnd(isPostgres ? sql`` : sql`without rowid`)
    .execute();
  await schema
    .createTable("tokens")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("user_id", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull().unique())
    .addColumn("prefix", text, (c) => c.notNull())
    .addColumn("scopes", text, (c) => c.notNull())
    .addColumn("site_id", text, (c) => c.references("sites.id").onDelete("cascade"))
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("last_used_at", text)
    .addColumn("expires_at", text)
    .execute();
  await schema.createIndex("tokens_user").on("tokens").column("user_id").execute();
  await schema
    .createTable("audit_events")
    .addColumn("id", counter, countUp)
    .addColumn("at", text, (c) => c.notNull())
    .addColumn("user_id", text)
    .addColumn("actor", text)
    .addColumn("token_name", text)
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("site_id", text)
    .addColumn("site_name", text)
    .addColumn("target", text)
    .addColumn("address", text)
    .execute();
  await schema.createIndex("audit_events_user").on("audit_events").column("user_id").execute();
  await schema.createIndex("audit_events_site").on("audit_events").column("site_id").execute();
}
