import type { Transaction } from "kysely";
import type { Schema } from "#db";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import { changeStore } from "../change-store.ts";
import type { Context, StoreChange } from "../context.ts";
import { publishHostsOf } from "../domains/publish-host.ts";
import type { Actor, Author } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { requireRoomForSite } from "../quota/site-room.ts";
import { markClaim } from "./delete-site.ts";
import { parsePlaces } from "./deleted-sites.ts";
import { type Deletion, describeDeletion, describeSite, type Site } from "./sites.ts";

/**
 * Takes a site out of the bin: it is served again as it was, where another site has not got its places on custom domains. To
 * be called in the site's turn; where it was cut off, calling it again ends it. Throws SitepodError `conflict` where it is
 * being deleted for good; `too_large` or `storage_full` where there are as many sites as there may be.
 */
export async function restoreSite(
  context: Context,
  actor: Actor,
  site: Site,
  deletion: Deletion | undefined,
): Promise<Api.SiteRestored> {
  if (deletion && deletion.purging_at !== null) {
    throw new SitepodError("conflict", describeDeletion(site, deletion));
  }
  if (deletion) {
    await context.inTurn(`sites of ${site.workspace_id}`, async () => {
      await requireRoomForSite(context, actor, site.workspace_id);
      const data = { site, deletedAt: deletion.deleted_at };
      await changeStore(context, actor, siteRestoring, { turn: site.id, siteId: site.id, data }, () =>
        markClaim(context, site, undefined),
      );
    });
  }
  await publishHostsOf(context, site.id);
  const project = await describeSite(context, actor, site);
  if (!deletion) return { message: `${site.name} is not in the bin. It is at ${project.url}.`, project, domains: [] };
  const domains = await findPlaces(context, site, deletion);
  return { message: describe(project, domains), project, domains };
}

export const siteRestoring: StoreChange<{ readonly site: Site; readonly deletedAt: string }> = {
  kind: "site.restore",
  async isMade(context, { site }) {
    const claim = await context.records.readClaim(site.label);
    return claim?.site_id === site.id && claim.deleted_at === undefined;
  },
  enter: (context, { author, at, data }, query) => leaveBin(context, author, at, data, query),
};

/** Has the database say that a site is not in the bin any more. */
export async function leaveBin(
  context: Context,
  author: Author,
  at: string,
  { site, deletedAt }: { readonly site: Site; readonly deletedAt: string },
  query: Transaction<Schema>,
): Promise<void> {
  await query.deleteFrom("deleted_sites").where("site_id", "=", site.id).execute();
  await recordEvent(context, author, "site.restore", { site, at, before: { deleted_at: deletedAt } }, query);
}

type Places = Api.SiteRestored["domains"];

/** What has become of the places that the site had when it was deleted. */
async function findPlaces(context: Context, site: Site, deletion: Deletion): Promise<Places> {
  const rows = await context.db.query
    .selectFrom("mounts")
    .innerJoin("domains", (join) =>
      join.onRef("domains.workspace_id", "=", "mounts.workspace_id").onRef("domains.hostname", "=", "mounts.hostname"),
    )
    .where("mounts.site_id", "=", site.id)
    .select(["mounts.hostname", "mounts.path", "domains.status"])
    .execute();
  return parsePlaces(deletion).map(({ domain, slug }) => {
    const own = rows.find((row) => row.hostname === domain && row.path === slug);
    return { domain, slug, status: own?.status ?? "taken" };
  });
}

function describe({ name, url }: Api.Project, places: Places): string {
  const namesOf = (wanted: Places[number]["status"]) =>
    places.flatMap(({ domain, slug, status }) => (status === wanted ? [slug === "/" ? domain : domain + slug] : []));
  const taken = namesOf("taken");
  const pending = namesOf("pending");
  return [
    `${name} is back at ${url}.`,
    ...(taken.length === 0 ? [] : [`Another of your sites has ${taken.join(", ")} now.`]),
    ...(pending.length === 0 ? [] : [`To be verified with sitepod domain verify: ${pending.join(", ")}.`]),
  ].join(" ");
}
