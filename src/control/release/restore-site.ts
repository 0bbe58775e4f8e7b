import { SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import { publishHostsOf } from "../domains/publish-host.ts";
import type { Actor } from "../identity/actor.ts";
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
      await context.db.check();
      await markClaim(context, site, undefined);
      await leaveBin(context, actor, site, deletion);
    });
  }
  await publishHostsOf(context, site.id);
  const project = await describeSite(context, actor, site);
  if (!deletion) return { message: `${site.name} is not in the bin. It is at ${project.url}.`, project, domains: [] };
  const domains = await findPlaces(context, site, deletion);
  return { message: describe(project, domains), project, domains };
}

/** Has the database say that a site is not in the bin any more. */
export async function leaveBin(context: Context, actor: Actor, site: Site, deletion: Deletion): Promise<void> {
  await context.db.query.transaction().execute(async (query) => {
    await query.deleteFrom("deleted_sites").where("site_id", "=", site.id).execute();
    await recordEvent(context, actor, "site.restore", { site, before: { deleted_at: deletion.deleted_at } }, query);
  });
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
