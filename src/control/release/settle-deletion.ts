import type { Claim } from "#model";
import { type Context, nowIso } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { enterDeletion } from "./delete-site.ts";
import { purgeSite } from "./purge-site.ts";
import { leaveBin } from "./restore-site.ts";
import type { Deletion, Site } from "./sites.ts";

/**
 * Ends a deletion or a restoring that was cut off: the database follows the claim, by which the site is served or not; where
 * it says that a site goes for good, that is ended. To be called in the site's turn. Returns whether the site is still there.
 */
export async function settleDeletion(context: Context, site: Site, claim: Claim): Promise<boolean> {
  const deletion = await findDeletion(context, site);
  if (deletion && deletion.purging_at !== null) {
    await purgeSite(context, SYSTEM, site);
    context.log(`${site.name} is deleted for good: that had been cut off`);
    return false;
  }
  if (claim.deleted_at !== undefined && !deletion) {
    const { deleted_at } = claim;
    await context.db.query.transaction().execute((query) => enterDeletion(context, SYSTEM, site, deleted_at, query));
    context.log(`${site.name} was in the bin by its claim, and not in the database: entered`);
  }
  if (claim.deleted_at === undefined && deletion) {
    const data = { site, deletedAt: deletion.deleted_at };
    await context.db.query.transaction().execute((query) => leaveBin(context, SYSTEM, nowIso(context), data, query));
    context.log(`${site.name} was in the bin in the database, and not by its claim: restored`);
  }
  return true;
}

export const findDeletion = ({ db }: Context, { id }: Site): Promise<Deletion | undefined> =>
  db.query.selectFrom("deleted_sites").where("site_id", "=", id).selectAll().executeTakeFirst();
