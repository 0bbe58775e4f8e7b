import { type Selectable, sql } from "kysely";
import type { DeletedSiteTable, SiteTable } from "#db";
import { mayAs, parseSiteName, type Permission, restorableUntil, roleOf, SitepodError, type Standing } from "#model";
import type { Api } from "#wire";
import { changeStore, inSettledTurn } from "../change-store.ts";
import { type Context, newId, nowIso, type StoreChange } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { isWithin, requirePermission, siteStanding, standingOf, type StandingRow } from "../identity/standing.ts";
import { findWorkspace, meantWorkspace } from "../identity/workspace.ts";
import { requireRoomForNew } from "../quota/site-room.ts";

export type Site = Selectable<SiteTable>;
/** What is known of a site that is in the bin. */
export type Deletion = Omit<Selectable<DeletedSiteTable>, "site_id">;

/**
 * Finds a site by its name or id. Throws SitepodError `not_found` where there is none and, in the same words, where it
 * is somebody else's; `not_found` that says so where it is in the bin; `forbidden` where the actor's token is restricted to another site, or the actor may not do there
 * what the request needs.
 */
export async function findSite(
  context: Context,
  actor: Actor,
  nameOrId: string,
  permission: Permission | undefined = actor.needs,
): Promise<Site> {
  const found = await findAnySite(context, actor, nameOrId, permission);
  if (found.deletion) throw new SitepodError("not_found", describeDeletion(found.site, found.deletion));
  return found.site;
}

/** Finds a site as `findSite` does, also where it is in the bin. */
export async function findAnySite(
  context: Context,
  actor: Actor,
  nameOrId: string,
  permission: Permission | undefined = actor.needs,
): Promise<Found> {
  const found = await lookUp(context, actor, nameOrId);
  if (!found || !isVisible(actor, found)) {
    throw new SitepodError("not_found", `You have no site ${JSON.stringify(nameOrId)}. List yours with sitepod list.`);
  }
  requireSiteOfToken(actor, found.site, nameOrId);
  requirePermission(found.standing, permission, found.site.name);
  return found;
}

/** Says that a site is in the bin, and what can be done. */
export function describeDeletion({ name }: Pick<Site, "name">, { deleted_at, purging_at }: Deletion): string {
  if (purging_at !== null) return beingPurged(name);
  const [since, until] = [deleted_at, restorableUntil(deleted_at)].map((time) => time.slice(0, 10));
  return (
    `${name} was deleted on ${since}, and is in the bin until ${until}. Restore it with sitepod restore ${name}, or free ` +
    `its name with sitepod delete ${name} --now.`
  );
}

const beingPurged = (name: string): string => `${name} is being deleted for good. Try again in a moment.`;

/** Works on a site while nobody renames or deletes it: what is done at its label is done at its present one. */
export async function holdSite<T>(
  context: Context,
  actor: Actor,
  nameOrId: string,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  const { id } = await findSite(context, actor, nameOrId);
  return await inSettledTurn(context, id, async () => await work(await findSite(context, actor, id)));
}

/**
 * Finds the site of a deploy, or makes it: the first deploy of a name claims it. Throws SitepodError `forbidden` where
 * the name is somebody else's, `conflict` where it is a site's that is in the bin, `invalid` where it cannot be a name, `too_large` or `storage_full` where there are too many
 * sites. Calls `check` with the workspace that a new site will have: where it throws, none is made.
 */
export async function ensureSite(
  context: Context,
  actor: Actor,
  nameOrId: string,
  check: (workspaceId: string) => Promise<void> = async () => {},
): Promise<Site> {
  const existing = await lookUp(context, actor, nameOrId);
  if (existing) {
    if (!isVisible(actor, existing)) throw takenByAnother(nameOrId);
    requireSiteOfToken(actor, existing.site, nameOrId);
    requirePermission(existing.standing, actor.needs, existing.site.name);
    if (existing.deletion) throw new SitepodError("conflict", describeDeletion(existing.site, existing.deletion));
    return existing.site;
  }
  if (actor.siteId !== null) {
    throw new SitepodError("forbidden", "This token is restricted to one site and cannot create another.");
  }
  const parsed = parseSiteName(nameOrId);
  if (!parsed.ok) throw new SitepodError("invalid", `${sentence(parsed.fault)}.`);
  const workspaceId = await meantWorkspace(context, actor, "site:create");
  await check(workspaceId);
  // In turn: of those that begin at once, each is counted by the next.
  return await inSettledTurn(context, turnOfNew(workspaceId), () =>
    createSite(context, actor, parsed.value, workspaceId),
  );
}

const turnOfNew = (workspaceId: string): string => `sites of ${workspaceId}`;

/** The label was claimed before. */
class Claimed extends Error {}

async function createSite(context: Context, actor: Actor, name: string, workspaceId: string): Promise<Site> {
  await requireRoomForNew(context, actor, workspaceId);
  const createdAt = nowIso(context);
  const id = newId(context, "site");
  const claim = { label: name, site: name, site_id: id, workspace_id: workspaceId, created_at: createdAt };
  const site = { id, workspace_id: workspaceId, name, label: name, created_at: createdAt, updated_at: createdAt };
  try {
    const wanted = { turn: turnOfNew(workspaceId), siteId: id, data: site };
    await changeStore(context, actor, siteCreation, wanted, async () => {
      if (!(await context.records.createClaim(claim))) throw new Claimed();
    });
    return site;
  } catch (error) {
    if (!(error instanceof Claimed)) throw error;
    return await adoptClaim(context, name, workspaceId);
  }
}

export const siteCreation: StoreChange<Site> = {
  kind: "site.create",
  async isMade(context, { id, label }) {
    return (await context.records.readClaim(label))?.site_id === id;
  },
  async enter(context, { author, at, data: site }, query) {
    // Another control plane that starts just now may have found the claim, and entered its site.
    await query
      .insertInto("sites")
      .values(site)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await recordEvent(context, author, "site.create", { site, at, after: { name: site.name } }, query);
  },
};

/** The name was claimed between our look and our claim (or before a crash): it is ours only if the workspace is. */
async function adoptClaim(context: Context, name: string, workspaceId: string): Promise<Site> {
  const claim = await context.records.readClaim(name);
  if (!claim || claim.workspace_id !== workspaceId || claim.moved_to !== undefined) throw takenByAnother(name);
  if (claim.deleted_at !== undefined) throw new SitepodError("conflict", beingPurged(name));
  await context.db.query
    .insertInto("sites")
    .values({
      id: claim.site_id,
      workspace_id: workspaceId,
      name,
      label: name,
      created_at: claim.created_at,
      updated_at: claim.created_at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const site = await context.db.query
    .selectFrom("sites")
    .where("id", "=", claim.site_id)
    .selectAll()
    .executeTakeFirst();
  if (site?.name !== name) throw takenByAnother(name);
  return site;
}

/**
 * Lists the sites that the actor sees, or those of the workspace that the request names; an administrator's list is
 * everybody's, with the owners' addresses.
 */
export async function listSites(context: Context, actor: Actor): Promise<Api.Project[]> {
  const rows = await findListed(context, actor);
  return rows.filter((row) => row.deleted_at === null).map((row) => describe(context, actor, row));
}

/** Finds the sites of such a list by their names, those in the bin too. */
export async function findListed(context: Context, actor: Actor): Promise<ListedSite[]> {
  const named = actor.workspaceId ?? actor.chosenWorkspace;
  if (named !== undefined) await findWorkspace(context, actor, named, "workspace:read");
  let query = sitesWithOwners(context, actor).orderBy("sites.name");
  if (!actor.isAdmin) {
    query = query.where("sites.workspace_id", "in", (select) =>
      select.selectFrom("members").where("user_id", "=", actor.userId).select("workspace_id"),
    );
  }
  if (named !== undefined) query = query.where("sites.workspace_id", "=", named);
  if (actor.siteId !== null) query = query.where("sites.id", "=", actor.siteId);
  const rows = await query.execute();
  return rows.filter((row) => mayAs(standingOf(actor, row), "site:read"));
}

/** Describes one site as the list does. */
export async function describeSite(context: Context, actor: Actor, { id }: Site): Promise<Api.Project> {
  const row = await sitesWithOwners(context, actor).where("sites.id", "=", id).executeTakeFirstOrThrow();
  return describe(context, actor, row);
}

const sitesWithOwners = ({ db }: Context, actor: Actor) =>
  db.query
    .selectFrom("sites")
    .innerJoin("workspaces", "workspaces.id", "sites.workspace_id")
    .leftJoin("user", "user.id", "workspaces.owner_id")
    .leftJoin("deleted_sites", "deleted_sites.site_id", "sites.id")
    .selectAll("sites")
    .select(["workspaces.owner_id", "user.email as owner_email"])
    .select(DELETION)
    .select(siteStanding(actor));

const DELETION = [
  "deleted_sites.deleted_at",
  "deleted_sites.deleted_by",
  "deleted_sites.domains",
  "deleted_sites.purging_at",
] as const;

type Nullable<T> = { readonly [key in keyof T]: T[key] | null };
export type ListedSite = Site &
  StandingRow &
  Nullable<Deletion> & { readonly owner_id: string | null; readonly owner_email: string | null };

const describe = ({ addresses }: Context, actor: Actor, row: ListedSite): Api.Project => ({
  id: row.id,
  name: row.name,
  subdomain: row.label,
  owner_id: row.owner_id ?? "system",
  ...(actor.isAdmin && row.owner_email !== null ? { owner_email: row.owner_email } : {}),
  workspace_id: row.workspace_id,
  role: roleOf(standingOf(actor, row)),
  created_at: row.created_at,
  updated_at: row.updated_at,
  url: addresses.site(row.label, "prod"),
});

/** Says whether a new site could have this name, and suggests one where it could not. */
export async function checkName(context: Context, name: string): Promise<{ available: boolean; suggestion?: string }> {
  const parsed = parseSiteName(name);
  const isFree = async (label: string) =>
    parseSiteName(label).ok && !(await isKnown(context, label)) && !(await context.records.readClaim(label));
  if (parsed.ok && (await isFree(name))) return { available: true };
  const stem =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^[^a-z]+|-+$/g, "")
      .slice(0, 50) || "site";
  for (const suggestion of [stem, ...Array.from({ length: 20 }, (_, i) => `${stem}-${i + 2}`)]) {
    if (await isFree(suggestion)) return { available: false, suggestion };
  }
  return { available: false };
}

interface Found {
  readonly site: Site;
  readonly standing: Standing;
  /** Undefined where it is not in the bin. */
  readonly deletion: Deletion | undefined;
}

/** Looks a site up by its name, id or label, with what the actor is to it: in one query, whatever comes of it. */
async function lookUp(context: Context, actor: Actor, nameOrId: string): Promise<Found | undefined> {
  const row = await named(context, nameOrId)
    .leftJoin("deleted_sites", "deleted_sites.site_id", "sites.id")
    .selectAll("sites")
    .select(DELETION)
    .select(siteStanding(actor))
    .orderBy(sql`case ${nameOrId} when sites.name then 0 when sites.id then 1 else 2 end`)
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { member_role, grant_role, deleted_at, deleted_by, domains, purging_at, ...site } = row;
  const deletion = deleted_at === null ? undefined : { deleted_at, deleted_by, domains: domains ?? "[]", purging_at };
  return { site, standing: standingOf(actor, { member_role, grant_role }), deletion };
}

const isKnown = async (context: Context, name: string): Promise<boolean> =>
  (await named(context, name).select("id").limit(1).executeTakeFirst()) !== undefined;

const named = ({ db }: Context, nameOrId: string) =>
  db.query
    .selectFrom("sites")
    .where(({ or, eb }) =>
      or([eb("sites.name", "=", nameOrId), eb("sites.id", "=", nameOrId), eb("sites.label", "=", nameOrId)]),
    );

const isVisible = (actor: Actor, { site, standing }: Found): boolean =>
  isWithin(actor, site.workspace_id) && mayAs(standing, "site:read");

function requireSiteOfToken(actor: Actor, site: Site, named: string): void {
  if (actor.siteId === null || actor.siteId === site.id) return;
  throw new SitepodError("forbidden", `This token is restricted to another site than ${JSON.stringify(named)}.`);
}

const takenByAnother = (name: string) =>
  new SitepodError("forbidden", `The name ${JSON.stringify(name)} belongs to somebody else. Choose another name.`);

/** Makes a fault the beginning of a message. */
export const sentence = (fault: string): string => fault.charAt(0).toUpperCase() + fault.slice(1);
