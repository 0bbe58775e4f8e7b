import { type Kysely, sql } from "kysely";
import { typesOf } from "./dialect.ts";

/**
 * Workspaces have members with roles, and invite more; tokens may be a workspace's; an audit event belongs to a
 * workspace, says what there was before and after, and is never changed; environments may have a guard.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await homes(db);
  await members(db);
  await invitations(db);
  await tokens(db);
  await auditEvents(db);
  await guards(db);
}

async function homes(db: Kysely<unknown>): Promise<void> {
  const { text } = typesOf(db);
  await db.schema.alterTable("workspaces").addColumn("home_of", text).execute();
  await sql`update workspaces set home_of = owner_id where owner_id is not null and not exists
    (select 1 from workspaces as later where later.owner_id = workspaces.owner_id and
      (later.created_at > workspaces.created_at or
        (later.created_at = workspaces.created_at and later.id > workspaces.id)))`.execute(db);
  await db.schema.createIndex("workspaces_home").on("workspaces").column("home_of").unique().execute();
}

async function members(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("members")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("user_id", text, (c) => c.notNull().references("user.id").onDelete("cascade"))
    .addColumn("role", text)
    .addColumn("joined_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("members_pk", ["workspace_id", "user_id"])
    .execute();
  await schema.createIndex("members_user").on("members").column("user_id").execute();
  await schema
    .createTable("site_grants")
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("user_id", text, (c) => c.notNull())
    .addColumn("workspace_id", text, (c) => c.notNull())
    .addColumn("role", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("site_grants_pk", ["site_id", "user_id"])
    .addForeignKeyConstraint(
      "site_grants_member",
      ["workspace_id", "user_id"],
      "members",
      ["workspace_id", "user_id"],
      (constraint) => constraint.onDelete("cascade"),
    )
    .execute();
  await schema.createIndex("site_grants_member").on("site_grants").columns(["workspace_id", "user_id"]).execute();
  await sql`insert into members (workspace_id, user_id, role, joined_at)
    select workspaces.id, owner_id, 'owner', workspaces.created_at from workspaces
    join "user" on "user".id = owner_id`.execute(db);
}

async function invitations(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("invitations")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("hash", text, (c) => c.notNull().unique())
    .addColumn("role", text)
    .addColumn("email", text)
    .addColumn("created_by", text, (c) => c.notNull())
    .addColumn("created_at", text, (c) => c.notNull())
    .addColumn("expires_at", text, (c) => c.notNull())
    .addColumn("revoked_at", text)
    .addColumn("accepted_at", text)
    .addColumn("accepted_by", text)
    .execute();
  await schema.createIndex("invitations_workspace").on("invitations").column("workspace_id").execute();
  await schema
    .createTable("invited_sites")
    .addColumn("invitation_id", text, (c) => c.notNull().references("invitations.id").onDelete("cascade"))
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("role", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("invited_sites_pk", ["invitation_id", "site_id"])
    .execute();
}

async function tokens(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .alterTable("tokens")
    .addColumn("workspace_id", text, (c) => c.references("workspaces.id").onDelete("cascade"))
    .execute();
  await schema.alterTable("tokens").addColumn("environments", text).execute();
  await sql`update tokens set workspace_id = (select workspace_id from sites where sites.id = tokens.site_id)
    where site_id is not null`.execute(db);
  await schema.createIndex("tokens_workspace").on("tokens").column("workspace_id").execute();
}

async function auditEvents(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text, isPostgres } = typesOf(db);
  for (const column of ["workspace_id", "token_id", "before", "after"]) {
    await schema.alterTable("audit_events").addColumn(column, text).execute();
  }
  await sql`update audit_events set workspace_id = coalesce(
    (select workspace_id from sites where sites.id = audit_events.site_id),
    (select id from workspaces where home_of = audit_events.user_id))`.execute(db);
  await schema.createIndex("audit_events_workspace").on("audit_events").columns(["workspace_id", "id"]).execute();
  const reason = "audit events are never changed";
  if (!isPostgres) {
    for (const change of ["update", "delete"]) {
      await sql`create trigger ${sql.ref(`audit_events_no_${change}`)} before ${sql.raw(change)} on audit_events
        begin select raise(abort, ${sql.lit(reason)}); end`.execute(db);
    }
    return;
  }
  await sql`create function refuse_audit_change() returns trigger language plpgsql as
    ${sql.lit(`begin raise exception '${reason}'; end`)}`.execute(db);
  // Of no row nothing is changed: who empties all tables of a new database may.
  await sql`create trigger audit_events_kept before update or delete on audit_events
    for each row execute function refuse_audit_change()`.execute(db);
  await sql`create trigger audit_events_not_emptied before truncate on audit_events
    for each statement execute function refuse_audit_change()`.execute(db);
}

async function guards(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const { text } = typesOf(db);
  await schema
    .createTable("guards")
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("environment", text, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("reason", text)
    .addColumn("set_by", text, (c) => c.notNull())
    .addColumn("set_at", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("guards_pk", ["site_id", "environment"])
    .execute();
  await schema
    .createTable("approvals")
    .addColumn("id", text, (c) => c.primaryKey())
    .addColumn("site_id", text, (c) => c.notNull().references("sites.id").onDelete("cascade"))
    .addColumn("environment", text, (c) => c.notNull())
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("expected_release", text)
    .addColumn("in_order", text)
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("requested_by", text, (c) => c.notNull())
    .addColumn("requested_at", text, (c) => c.notNull())
    .addColumn("expires_at", text, (c) => c.notNull())
    .addColumn("decided_by", text)
    .addColumn("decided_at", text)
    .addColumn("comment", text)
    .addColumn("previous_version", "integer")
    .addColumn("ref_version", "integer")
    .execute();
  await schema.createIndex("approvals_site").on("approvals").columns(["site_id", "state"]).execute();
}
