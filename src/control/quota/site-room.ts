import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { findLimits, orAsk } from "./limits.ts";
import { countDeletedSites, countSites } from "./usage.ts";

/** A bin holds so many sites for each that the workspace may have: each has a name that nobody else can take meanwhile. */
const DELETED_PER_SITE = 10;

/** Throws SitepodError: `too_large` where the workspace has as many sites as it may have, `storage_full` where the server has. */
export async function requireRoomForSite(context: Context, actor: Actor, workspaceId: string): Promise<void> {
  const { query } = context.db;
  const { maxSites } = await findLimits(context, workspaceId);
  const count = await countSites(query, workspaceId);
  if (count >= maxSites && !actor.isAdmin) {
    const message = `You have ${count} sites, and this server allows ${maxSites}. Delete one first, `;
    throw new SitepodError("too_large", message + orAsk("SITEPOD_MAX_PROJECTS_PER_USER"));
  }
  const { maxServerSites } = context.settings;
  if (maxServerSites === Infinity) return;
  const all = await countSites(query);
  if (all >= maxServerSites) {
    const message = `This server has ${all} sites, and ${maxServerSites} are allowed. Delete one first, `;
    throw new SitepodError("storage_full", message + orAsk("SITEPOD_MAX_SERVER_SITES"));
  }
}

/** The same for one that is to be made. Throws SitepodError `too_large` also where the bin is full: whoever deletes them could take any number of names. */
export async function requireRoomForNew(context: Context, actor: Actor, workspaceId: string): Promise<void> {
  await requireRoomForSite(context, actor, workspaceId);
  const most = DELETED_PER_SITE * (await findLimits(context, workspaceId)).maxSites;
  const count = await countDeletedSites(context.db.query, workspaceId);
  if (count < most || actor.isAdmin) return;
  const message = `You have ${count} sites in the bin, and no new one is made beside so many. Delete some for good first, `;
  throw new SitepodError("too_large", message + orAsk("SITEPOD_MAX_PROJECTS_PER_USER"));
}
