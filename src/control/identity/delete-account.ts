import { sql } from "kysely";
import { type Role, SitepodError } from "#model";
import type { Context } from "../context.ts";
import { countSites } from "../quota/usage.ts";
import { purgeSite } from "../release/purge-site.ts";
import { holdAnySite } from "../release/deleted-sites.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import { removeMember } from "./members.ts";

/**
 * Deletes an account with the workspaces that nobody else is in, their sites, and its tokens and sessions. Returns how many
 * sites there were. Throws SitepodError `conflict` where it is the last administrator's, and others are on the server; and
 * where it is the last owner of a workspace that others are in.
 */
export async function deleteAccount(context: Context, actor: Actor): Promise<number> {
  if (actor.isAdmin) await requireDispensable(context, actor);
  const memberships = await membershipsOf(context, actor);
  requireNoDependants(memberships);
  for (const { workspace_id: id, name, role, others } of memberships) {
    if (others > 0) await removeMember(context, actor, { id, name, standing: { member: { role } } }, actor.userId);
  }
  let deleted = 0;
  for (const { workspace_id, others } of memberships) {
    if (others === 0) deleted += await deleteWorkspace(context, actor, workspace_id, { withSites: true });
  }
  await context.db.query.transaction().execute(async (query) => {
    await recordEvent(context, actor, "account.delete", { target: actor.email }, query);
    await query.deleteFrom("user").where("id", "=", actor.userId).execute();
  });
  return deleted;
}

/**
 * Deletes a workspace with what is in its bin, for good: without it nobody could restore that. `withSites` says whether its
 * other sites go too. Returns how many there were. Throws SitepodError `conflict` where they do not and there are any, also
 * where one is restored meanwhile.
 */
export async function deleteWorkspace(
  context: Context,
  actor: Actor,
  id: string,
  { withSites }: { readonly withSites: boolean },
): Promise<number> {
  const deleter = { ...actor, needs: "site:delete" as const };
  const check = async () => withSites || (await requireNoSites(context, id));
  await check();
  const sites = await context.db.query
    .selectFrom("sites")
    .where("workspace_id", "=", id)
    .select("id")
    .orderBy("name")
    .execute();
  for (const site of sites) {
    await holdAnySite(context, deleter, site.id, async (held) => {
      await check();
      await purgeSite(context, deleter, held);
    });
  }
  await context.db.query.transaction().execute(async (query) => {
    await query.deleteFrom("workspace_blobs").where("workspace_id", "=", id).execute();
    const [gone] = await query.deleteFrom("workspaces").where("id", "=", id).returningAll().execute();
    if (!gone) return;
    const before = { name: gone.name };
    await recordEvent(context, actor, "workspace.delete", { workspaceId: id, target: gone.name, before }, query);
  });
  return sites.length;
}

async function requireNoSites({ db }: Context, workspaceId: string): Promise<void> {
  const count = await countSites(db.query, workspaceId);
  if (count > 0) throw new SitepodError("conflict", `The workspace has ${count} sites. Delete them first.`);
}

type Membership = Awaited<ReturnType<typeof membershipsOf>>[number];

/** Checked of all before any is left; where others leave at the same moment, leaving checks it again. */
function requireNoDependants(memberships: readonly Membership[]): void {
  const last = memberships.find(({ role, others, owners }) => role === "owner" && others > 0 && owners === 0);
  if (!last) return;
  throw new SitepodError(
    "conflict",
    `You are the last owner of the workspace ${JSON.stringify(last.name)}, and others are in it. Make another member an ` +
      "owner first, or remove the others.",
  );
}

/** What the actor is in each workspace, and how many others and other owners there are. */
const membershipsOf = ({ db }: Context, { userId }: Actor) =>
  db.query
    .selectFrom("members")
    .innerJoin("workspaces", "workspaces.id", "members.workspace_id")
    .where("members.user_id", "=", userId)
    .select(["members.workspace_id", "members.role", "workspaces.name"])
    .select([countOthers(userId).as("others"), countOthers(userId, "owner").as("owners")])
    .execute();

const countOthers = (userId: string, role?: Role) =>
  sql<number>`(select count(*) from members as other where other.workspace_id = members.workspace_id
    and other.user_id <> ${userId} ${role === undefined ? sql`` : sql`and other.role = ${role}`})`;

/** Without an administrator nobody could look after the others; without any account the next to register would own them. */
async function requireDispensable({ db }: Context, actor: Actor): Promise<void> {
  const others = await db.query.selectFrom("user").where("id", "!=", actor.userId).select(["email", "role"]).execute();
  if (others.some(({ role }) => role === "admin")) return;
  const sites = await db.query
    .selectFrom("sites")
    .innerJoin("workspaces", "workspaces.id", "sites.workspace_id")
    .where(({ or, eb }) => or([eb("owner_id", "is", null), eb("owner_id", "!=", actor.userId)]))
    .select("sites.name")
    .execute();
  if (others.length === 0 && sites.length === 0) return;
  throw new SitepodError(
    "conflict",
    `You are the only administrator, and not all here is yours (other accounts: ${others.length}, their sites: ` +
      `${sites.length}). Delete those sites, and have those accounts deleted by their owners first.`,
  );
}
