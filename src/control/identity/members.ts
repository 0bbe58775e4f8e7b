import type { Kysely, Transaction } from "kysely";
import type { Schema } from "#db";
import { mayAppoint, type Role, SitepodError, type SiteRole } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import { giveOwnershipOn } from "./owners.ts";
import type { Workspace } from "./workspace.ts";

/** What a member is, or is to be, in a workspace. */
export interface Membership {
  readonly role: Role | null;
  readonly sites: readonly SiteGrant[];
}

export interface SiteGrant {
  readonly siteId: string;
  /** The site's name. */
  readonly project: string;
  readonly role: SiteRole;
}

/** Lists a workspace's members, by their addresses. */
export async function listMembers({ db }: Context, workspaceId: string): Promise<Api.MemberList> {
  const rows = await db.query
    .selectFrom("members")
    .innerJoin("user", "user.id", "members.user_id")
    .where("members.workspace_id", "=", workspaceId)
    .select(["members.user_id", "members.role", "members.joined_at", "user.email"])
    .orderBy("user.email")
    .execute();
  const grants = await grantsOf(db.query, workspaceId);
  return {
    members: rows.map((row) => ({
      ...row,
      sites: grants.filter(({ user_id }) => user_id === row.user_id).map(({ project, role }) => ({ project, role })),
    })),
  };
}

/**
 * Finds the sites of grants by their names or ids. Throws SitepodError `invalid` where a member would be nothing anywhere,
 * `not_found` where the workspace has no such site.
 */
export async function readMembership(
  { db }: Context,
  workspaceId: string,
  { role, sites }: Api.MemberRequest,
): Promise<Membership> {
  if (role === null && sites.length === 0) {
    throw new SitepodError("invalid", "A member needs a role, or a site to be something on.");
  }
  const granted = new Map<string, SiteGrant>();
  for (const { project, role: siteRole } of sites) {
    const site = await db.query
      .selectFrom("sites")
      .where("workspace_id", "=", workspaceId)
      .where(({ or, eb }) => or([eb("name", "=", project), eb("id", "=", project)]))
      .select(["id", "name"])
      .executeTakeFirst();
    if (!site) throw new SitepodError("not_found", `The workspace has no site ${JSON.stringify(project)}.`);
    granted.set(site.id, { siteId: site.id, project: site.name, role: siteRole });
  }
  return { role, sites: [...granted.values()] };
}

/** Throws SitepodError `forbidden` where the actor may not make somebody this, or change who is it. */
export function requireAppoint({ standing }: Workspace, ...roles: readonly (Role | null)[]): void {
  const own = standing.member?.role ?? null;
  if (roles.every((role) => mayAppoint(own, role))) return;
  throw new SitepodError("forbidden", "Only an owner makes owners, and changes or removes them.");
}

/**
 * Changes what a member is. Throws SitepodError `not_found` where there is none; `forbidden`; `conflict` where it would
 * leave no owner.
 */
export async function changeMember(
  context: Context,
  actor: Actor,
  workspace: Workspace,
  userId: string,
  wanted: Membership,
): Promise<Api.Member> {
  return await inMembersTurn(context, workspace, async (query) => {
    const before = await findMember(query, workspace, userId);
    requireAppoint(workspace, before.role, wanted.role);
    if (wanted.role !== "owner") await requireAnotherOwner(query, workspace, before);
    const key = { workspace_id: workspace.id, user_id: userId };
    await query
      .updateTable("members")
      .set({ role: wanted.role })
      .where("workspace_id", "=", workspace.id)
      .where("user_id", "=", userId)
      .execute();
    await query
      .deleteFrom("site_grants")
      .where("workspace_id", "=", workspace.id)
      .where("user_id", "=", userId)
      .execute();
    await grantSites(query, key, wanted.sites);
    if (wanted.role !== "owner") await giveOwnershipOn(query, workspace.id, userId);
    const after = { role: wanted.role, sites: wanted.sites.map(({ project, role }) => ({ project, role })) };
    await recordEvent(
      context,
      actor,
      "member.change",
      { workspaceId: workspace.id, target: before.email, before: { role: before.role, sites: before.sites }, after },
      query,
    );
    return { ...before, ...after };
  });
}

/** Removes a member, or lets the actor leave. Throws as `changeMember` does. */
export async function removeMember(
  context: Context,
  actor: Actor,
  workspace: Workspace,
  userId: string,
): Promise<Api.Member> {
  return await inMembersTurn(context, workspace, async (query) => {
    const before = await findMember(query, workspace, userId);
    const isLeaving = userId === actor.userId;
    if (!isLeaving) requireAppoint(workspace, before.role);
    await requireAnotherOwner(query, workspace, before);
    await giveOwnershipOn(query, workspace.id, userId);
    await query.deleteFrom("members").where("workspace_id", "=", workspace.id).where("user_id", "=", userId).execute();
    await query.deleteFrom("tokens").where("workspace_id", "=", workspace.id).where("user_id", "=", userId).execute();
    await recordEvent(
      context,
      actor,
      isLeaving ? "member.leave" : "member.remove",
      { workspaceId: workspace.id, target: before.email, before: { role: before.role, sites: before.sites } },
      query,
    );
    return before;
  });
}

/** Makes somebody a member; who is one already gets what they did not have, and loses nothing. */
export async function addMember(
  context: Context,
  query: Kysely<Schema>,
  key: { readonly workspace_id: string; readonly user_id: string },
  { role, sites }: Membership,
): Promise<void> {
  await query
    .insertInto("members")
    .values({ ...key, role, joined_at: nowIso(context) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  if (role !== null) {
    await query
      .updateTable("members")
      .set({ role })
      .where("workspace_id", "=", key.workspace_id)
      .where("user_id", "=", key.user_id)
      .where("role", "is", null)
      .execute();
  }
  await grantSites(query, key, sites);
}

async function grantSites(
  query: Kysely<Schema>,
  key: { readonly workspace_id: string; readonly user_id: string },
  sites: readonly SiteGrant[],
): Promise<void> {
  for (const { siteId, role } of sites) {
    await query
      .insertInto("site_grants")
      .values({ ...key, site_id: siteId, role })
      .onConflict((conflict) =>
        // The least: whoever is more stays it.
        conflict.columns(["site_id", "user_id"]).doUpdateSet({ role }).where("site_grants.role", "=", "viewer"),
      )
      .execute();
  }
}

/** In turn: two owners who leave at once must not both find the other. */
const inMembersTurn = <T>(
  context: Context,
  { id }: Workspace,
  work: (query: Transaction<Schema>) => Promise<T>,
): Promise<T> => context.inTurn(`members of ${id}`, () => context.db.query.transaction().execute(work));

async function findMember(query: Kysely<Schema>, { id, name }: Workspace, userId: string): Promise<Api.Member> {
  const row = await query
    .selectFrom("members")
    .innerJoin("user", "user.id", "members.user_id")
    .where("members.workspace_id", "=", id)
    .where("members.user_id", "=", userId)
    .select(["members.user_id", "members.role", "members.joined_at", "user.email"])
    .executeTakeFirst();
  if (!row) {
    throw new SitepodError(
      "not_found",
      `The workspace ${JSON.stringify(name)} has no such member. List them with sitepod member list.`,
    );
  }
  const grants = await grantsOf(query, id, userId);
  return { ...row, sites: grants.map(({ project, role }) => ({ project, role })) };
}

async function grantsOf(query: Kysely<Schema>, workspaceId: string, userId?: string) {
  const grants = query
    .selectFrom("site_grants")
    .innerJoin("sites", "sites.id", "site_grants.site_id")
    .where("site_grants.workspace_id", "=", workspaceId)
    .select(["site_grants.user_id", "site_grants.role", "sites.name as project"])
    .orderBy("sites.name");
  return await (userId === undefined ? grants : grants.where("site_grants.user_id", "=", userId)).execute();
}

async function requireAnotherOwner(query: Kysely<Schema>, workspace: Workspace, member: Api.Member): Promise<void> {
  if (member.role !== "owner") return;
  const another = await query
    .selectFrom("members")
    .where("workspace_id", "=", workspace.id)
    .where("role", "=", "owner")
    .where("user_id", "!=", member.user_id)
    .select("user_id")
    .limit(1)
    .executeTakeFirst();
  if (another) return;
  throw new SitepodError(
    "conflict",
    `${member.email} is the last owner of ${JSON.stringify(workspace.name)}. Make another member an owner first.`,
  );
}
