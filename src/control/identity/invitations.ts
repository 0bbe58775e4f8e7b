import { createHash } from "node:crypto";
import type { Kysely, Selectable } from "kysely";
import type { InvitationTable, Schema } from "#db";
import { mayAppoint, SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { InvitationForNew, User } from "./accounts.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import { composeInvitation } from "./invitation-letter.ts";
import { addMember, readMembership, requireAppoint, type SiteGrant } from "./members.ts";
import type { Workspace } from "./workspace.ts";

const PREFIX = "invite";
/** 31 characters of 36: 160 bits. */
const SECRET_LENGTH = 31;
/** Open ones of a workspace. */
const MAX_OPEN = 200;

const hashSecret = (secret: string) => createHash("sha256").update(secret).digest("hex");

/**
 * Invites somebody to a workspace. Whoever has the link accepts it, once: with an e-mail address, only an account of that
 * address. Throws SitepodError `forbidden` where the actor may not make somebody this, `conflict` where too many are open.
 */
export async function createInvitation(
  context: Context,
  actor: Actor,
  workspace: Workspace,
  request: Api.InvitationRequest,
): Promise<Api.InvitationCreated> {
  requireAppoint(workspace, request.role);
  const { role, sites } = await readMembership(context, workspace.id, request);
  const secret = newId(context, PREFIX, SECRET_LENGTH);
  const row = {
    id: newId(context, "inv", 16),
    workspace_id: workspace.id,
    hash: hashSecret(secret),
    role,
    email: request.email?.toLowerCase() ?? null,
    created_by: actor.userId,
    created_at: nowIso(context),
    expires_at: new Date(context.nowMs() + request.expires_in * 1000).toISOString(),
    revoked_at: null,
    accepted_at: null,
    accepted_by: null,
  };
  const after = { role, sites: shown(sites), email: row.email, expires_at: row.expires_at };
  await context.db.query.transaction().execute(async (query) => {
    await requireFewOpen(context, query, workspace);
    await query.insertInto("invitations").values(row).execute();
    for (const { siteId, role: siteRole } of sites) {
      await query
        .insertInto("invited_sites")
        .values({ invitation_id: row.id, site_id: siteId, role: siteRole })
        .execute();
    }
    const subject = { workspaceId: workspace.id, target: row.email ?? row.id, after };
    await recordEvent(context, actor, "invitation.create", subject, query);
  });
  // After the #, which browsers keep to themselves: no log has it.
  const url = `${context.addresses.console}/invitation#${secret}`;
  const isSent = row.email !== null && (await send(context, actor, workspace, { ...row, email: row.email }, url));
  return { ...describe({ ...row, invited_by: actor.email }, sites), url, is_sent: isSent };
}

/** A letter that cannot be sent is no reason to have no invitation: the link is there all the same. */
async function send(
  context: Context,
  actor: Actor,
  workspace: Workspace,
  row: { readonly email: string; readonly expires_at: string },
  url: string,
): Promise<boolean> {
  if (!context.sendMail) return false;
  const letter = { to: row.email, workspace: workspace.name, invitedBy: actor.email, url, expiresAt: row.expires_at };
  try {
    await context.sendMail(composeInvitation(letter));
    return true;
  } catch (error) {
    context.log("An invitation could not be sent by mail", error);
    return false;
  }
}

/** Lists the invitations of a workspace that can be accepted, newest first. */
export async function listInvitations(context: Context, workspaceId: string): Promise<Api.InvitationList> {
  const rows = await open(context, context.db.query)
    .where("invitations.workspace_id", "=", workspaceId)
    .orderBy("invitations.created_at", "desc")
    .execute();
  const invitations = [];
  for (const row of rows) invitations.push(describe(row, await sitesOf(context.db.query, row.id)));
  return { invitations };
}

/** Ends an invitation. Throws SitepodError `not_found` where the workspace has no such one that is open. */
export async function revokeInvitation(context: Context, actor: Actor, workspaceId: string, id: string): Promise<void> {
  await context.db.query.transaction().execute(async (query) => {
    const revoked = await query
      .updateTable("invitations")
      .set({ revoked_at: nowIso(context) })
      .where("id", "=", id)
      .where("workspace_id", "=", workspaceId)
      .where("revoked_at", "is", null)
      .where("accepted_at", "is", null)
      .returning("email")
      .executeTakeFirst();
    if (!revoked) throw new SitepodError("not_found", "There is no such open invitation.");
    await recordEvent(context, actor, "invitation.revoke", { workspaceId, target: revoked.email ?? id }, query);
  });
}

/** Says what an invitation is to, for who has its link. Throws SitepodError `gone`. */
export async function showInvitation(context: Context, secret: string): Promise<Api.InvitationShown> {
  const row = await requireOpen(context, context.db.query, secret);
  const { role, sites, email, invited_by, expires_at } = describe(row, await sitesOf(context.db.query, row.id));
  return { workspace: row.workspace, role, sites, email, invited_by, expires_at };
}

/**
 * Makes the actor a member. Throws SitepodError `gone` where the invitation is none that can be accepted, `forbidden` where
 * it is for another address.
 */
export async function acceptInvitation(context: Context, actor: Actor, secret: string): Promise<Api.Workspace> {
  return await context.db.query.transaction().execute(async (query) => {
    const row = await requireOpen(context, query, secret);
    requireAddressee(row.email, actor.email);
    // Of several who accept at once, one changes the row.
    const { numUpdatedRows } = await query
      .updateTable("invitations")
      .set({ accepted_at: nowIso(context), accepted_by: actor.userId })
      .where("id", "=", row.id)
      .where("accepted_at", "is", null)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw gone();
    const sites = await sitesOf(query, row.id);
    const { workspace_id } = row;
    await addMember(context, query, { workspace_id, user_id: actor.userId }, { role: row.role, sites });
    const after = { role: row.role, sites: shown(sites) };
    const subject = { workspaceId: workspace_id, target: actor.email, after };
    await recordEvent(context, actor, "member.join", subject, query);
    const joined = await query
      .selectFrom("members")
      .innerJoin("workspaces", "workspaces.id", "members.workspace_id")
      .where("members.workspace_id", "=", workspace_id)
      .where("members.user_id", "=", actor.userId)
      .select(["workspaces.id", "workspaces.name", "workspaces.created_at", "workspaces.home_of", "members.role"])
      .executeTakeFirstOrThrow();
    const { home_of, ...workspace } = joined;
    return { ...workspace, is_own: home_of === actor.userId };
  });
}

/** What registering by an invitation needs. */
export const invitationForNew = (
  context: Context,
  secret: string,
  email: string,
  actorOf: (user: User) => Actor,
): InvitationForNew => ({
  async require() {
    requireAddressee((await requireOpen(context, context.db.query, secret)).email, email);
  },
  async accept(user) {
    await acceptInvitation(context, actorOf(user), secret);
  },
});

const open = (context: Context, query: Kysely<Schema>) =>
  query
    .selectFrom("invitations")
    .innerJoin("workspaces", "workspaces.id", "invitations.workspace_id")
    .leftJoin("user", "user.id", "invitations.created_by")
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null)
    .where("invitations.expires_at", ">", nowIso(context))
    .leftJoin("members", (join) =>
      join
        .onRef("members.workspace_id", "=", "invitations.workspace_id")
        .onRef("members.user_id", "=", "invitations.created_by"),
    )
    .selectAll("invitations")
    .select(["workspaces.name as workspace", "user.email as invited_by"])
    .select(["user.role as server_role", "members.role as inviter_role"]);

async function requireOpen(context: Context, query: Kysely<Schema>, secret: string) {
  const row = await open(context, query).where("invitations.hash", "=", hashSecret(secret)).executeTakeFirst();
  // Who has lost the right to invite since has not invited.
  if (row && (row.server_role === "admin" || mayAppoint(row.inviter_role, row.role))) return row;
  throw gone();
}

const gone = () =>
  new SitepodError("gone", "This invitation has been used, was revoked or has expired. Ask for another.");

function requireAddressee(invited: string | null, email: string): void {
  if (invited === null || invited === email.toLowerCase()) return;
  throw new SitepodError(
    "forbidden",
    "This invitation is for another e-mail address. Log in, or register, with the address that it was sent to.",
  );
}

async function requireFewOpen(context: Context, query: Kysely<Schema>, workspace: Workspace): Promise<void> {
  const { count } = await query
    .selectFrom("invitations")
    .where("workspace_id", "=", workspace.id)
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", nowIso(context))
    .select((select) => select.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  if (count < MAX_OPEN) return;
  throw new SitepodError("conflict", `The workspace has ${count} open invitations, which is the limit. Revoke some.`);
}

const sitesOf = (query: Kysely<Schema>, invitationId: string): Promise<SiteGrant[]> =>
  query
    .selectFrom("invited_sites")
    .innerJoin("sites", "sites.id", "invited_sites.site_id")
    .where("invitation_id", "=", invitationId)
    .select(["sites.id as siteId", "sites.name as project", "invited_sites.role"])
    .orderBy("sites.name")
    .execute();

const shown = (sites: readonly SiteGrant[]) => sites.map(({ project, role }) => ({ project, role }));

function describe(
  row: Omit<Selectable<InvitationTable>, "hash"> & { readonly invited_by: string | null },
  sites: readonly SiteGrant[],
): Api.Invitation {
  const { id, role, email, invited_by, created_at, expires_at } = row;
  return { id, role, sites: shown(sites), email, invited_by, created_at, expires_at };
}
