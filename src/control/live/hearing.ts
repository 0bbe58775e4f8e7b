import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { isWithin } from "../identity/standing.ts";
import type { MayHear } from "./changes.ts";

/**
 * Whose changes an actor hears of: those of the workspaces that they have a role in, those of the sites that they are granted,
 * and their own. A token hears of its site or its workspace alone. What they are is looked up once, for the life of a stream.
 */
export async function findHearing(context: Context, actor: Actor): Promise<MayHear> {
  const { query } = context.db;
  if (actor.siteId !== null) {
    const site = await query
      .selectFrom("sites")
      .where("id", "=", actor.siteId)
      .select(["name", "workspace_id"])
      .executeTakeFirst();
    return ({ project, workspaceId }) =>
      project !== null && project === site?.name && workspaceId === site.workspace_id;
  }
  const members = await query
    .selectFrom("members")
    .where("user_id", "=", actor.userId)
    .where("role", "is not", null)
    .select("workspace_id")
    .execute();
  const grants = await query
    .selectFrom("site_grants")
    .innerJoin("sites", "sites.id", "site_grants.site_id")
    .where("site_grants.user_id", "=", actor.userId)
    .select("sites.name")
    .execute();
  const workspaces = new Set(members.map(({ workspace_id }) => workspace_id));
  const sites = new Set(grants.map(({ name }) => name));
  return ({ project, workspaceId, userId }) => {
    if (workspaceId === null) return actor.workspaceId === undefined && userId === actor.userId;
    if (!isWithin(actor, workspaceId)) return false;
    return actor.isAdmin || workspaces.has(workspaceId) || (project !== null && sites.has(project));
  };
}
