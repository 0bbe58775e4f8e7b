import type { Kysely, Transaction } from "kysely";
import type { Schema } from "#db";
import { restorableUntil, SitepodError, withDeletion } from "#model";
import type { Api } from "#wire";
import { changeStore } from "../change-store.ts";
import { type Context, nowIso, type StoreChange } from "../context.ts";
import { publishHostsOf } from "../domains/publish-host.ts";
import { retireLabel } from "../domains/rename.ts";
import type { Actor, Author } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { claimsOf } from "./labels.ts";
import type { Site } from "./sites.ts";

/**
 * Puts a site into the bin. Its claim says so first: from then on nothing of it is served, and nothing of it goes before
 * `restorable_until`. To be called in the site's turn; doing it again after a crash ends what was begun. Throws SitepodError
 * `internal` where its claim is lost or damaged: then it can only be deleted for good.
 */
export async function deleteSite(context: Context, actor: Actor, site: Site): Promise<Api.SiteDeleted> {
  const deletedAt = nowIso(context);
  await endRename(context, site);
  const wanted = { turn: site.id, siteId: site.id, data: { site, deletedAt } };
  await changeStore(context, actor, siteDeletion, wanted, () => markClaim(context, site, deletedAt));
  await publishHostsOf(context, site.id);
  const until = restorableUntil(deletedAt);
  return {
    message: `${site.name} is deleted. Until ${until.slice(0, 10)} sitepod restore ${site.name} brings it back.`,
    restorable_until: until,
  };
}

/** Of a rename that was cut off, another label serves the site: it would go on to, whatever the claim says. */
async function endRename(context: Context, site: Site): Promise<void> {
  for (const { label, moved_to } of await claimsOf(context, site.id)) {
    if (label !== site.label && moved_to === undefined) await retireLabel(context, label, site.label);
  }
}

/** Says in a site's claim since when it is in the bin; undefined: it is not. */
export async function markClaim(context: Context, site: Site, deletedAt: string | undefined): Promise<void> {
  let isThere = false;
  await context.records.changeClaim(site.label, (claim) => {
    isThere = claim.site_id === site.id;
    return isThere ? withDeletion(claim, deletedAt) : claim;
  });
  if (isThere) return;
  throw new SitepodError(
    "internal",
    `sites/${site.label}.json in the server's storage is missing. Restore it from a backup, or delete the site with ` +
      "sitepod delete --now.",
  );
}

export const siteDeletion: StoreChange<{ readonly site: Site; readonly deletedAt: string }> = {
  kind: "site.delete",
  async isMade(context, { site, deletedAt }) {
    return (await context.records.readClaim(site.label))?.deleted_at === deletedAt;
  },
  enter: (context, { author, data }, query) => enterDeletion(context, author, data.site, data.deletedAt, query),
};

/** Has the database say that a site is in the bin since then. */
export async function enterDeletion(
  context: Context,
  author: Author,
  site: Site,
  deletedAt: string,
  query: Transaction<Schema>,
): Promise<void> {
  await query
    .insertInto("deleted_sites")
    .values({
      site_id: site.id,
      deleted_at: deletedAt,
      deleted_by: author.userId,
      domains: JSON.stringify(await mountsOf(query, site)),
      purging_at: null,
    })
    .execute();
  const before = { name: site.name, subdomain: site.label, created_at: site.created_at };
  const after = { restorable_until: restorableUntil(deletedAt) };
  await recordEvent(context, author, "site.delete", { site, at: deletedAt, before, after }, query);
}

const mountsOf = (query: Kysely<Schema>, { id }: Site) =>
  query
    .selectFrom("mounts")
    .where("site_id", "=", id)
    .select(["hostname as domain", "path as slug"])
    .orderBy("hostname")
    .orderBy("path")
    .execute();
