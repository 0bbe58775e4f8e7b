import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { isWithin } from "../identity/standing.ts";
import type { MayHear } from "./changes.ts";

/** Says that figures of traffic are new, and nothing of whose: everybody hears it. */
export const TRAFFIC_COUNTED = "traffic.count";

/** Whose changes an actor hears of, beside what everybody hears. */
export async function findHearing(context: Context, actor: Actor): Promise<MayHear> {
  const mayHear = await findOwnHearing(context, actor);
  return (change) => change.action === TRAFFIC_COUNTED || mayHear(change);
}

/**
 * Whose changes an actor hears of: those of the workspaces that they have a role in, those of the sites that they are granted,
 * and their own. A token hears of its site or its workspace alone. What they are is looked up once, for the life of a stream.
 */
async function findOwnHearing(context: Context, actor: Actor): Promise<MayHear> {
  const { query } = context.db;
  if (actor.siteId !== null) {
    const own = await query.selectFrom("sites").where("id", "=", actor.siteId).select(SITE).execute();
    return isAbout(own);
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
    .select(SITE)
    .execute();
  const workspaces = new Set(members.map(({ workspace_id }) => workspace_id));
  const isGranted = isAbout(grants);
  return (change) => {
    const { workspaceId, userId } = change;
    if (workspaceId === null) return actor.workspaceId === undefined && userId === actor.userId;
    if (!isWithin(actor, workspaceId)) return false;
    return actor.isAdmin || workspaces.has(workspaceId) || isGranted(change);
  };
}

const SITE = ["sites.name", "sites.workspace_id"] as const;

/** By the workspace, too: the name of a site that is gone may be another's next. */
const isAbout =
  (sites: readonly { readonly name: string; readonly workspace_id: string }[]): MayHear =>
  ({ project, workspaceId }) =>
    sites.some(({ name, workspace_id }) => name === project && workspace_id === workspaceId);
