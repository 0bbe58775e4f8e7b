import { BIN_LIFE_MS } from "#model";
import { inSettledTurn } from "../change-store.ts";
import type { Context } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { purgeSite } from "../release/purge-site.ts";
import { findDeletion, settleDeletion } from "../release/settle-deletion.ts";

/** Deletes for good what has been in the bin for its time, and ends what was cut off of that. Returns how many sites went. */
export async function emptyBin(context: Context, errors: string[]): Promise<number> {
  const before = new Date(context.nowMs() - BIN_LIFE_MS).toISOString();
  const due = await context.db.query
    .selectFrom("deleted_sites")
    .innerJoin("sites", "sites.id", "deleted_sites.site_id")
    .where(({ or, eb }) => or([eb("deleted_at", "<=", before), eb("purging_at", "is not", null)]))
    .select(["sites.id", "sites.name"])
    .execute();
  let deleted = 0;
  for (const { id, name } of due) {
    try {
      if (await inSettledTurn(context, id, () => purgeWhereDue(context, id, before))) deleted++;
    } catch (error) {
      context.log(`The deleted site ${name} could not be removed`, error);
      errors.push(`the deleted site ${name} could not be removed; see the server's log`);
    }
  }
  return deleted;
}

/** Returns false where it has been restored, or has gone, since it was looked for. */
async function purgeWhereDue(context: Context, siteId: string, before: string): Promise<boolean> {
  const site = await context.db.query.selectFrom("sites").where("id", "=", siteId).selectAll().executeTakeFirst();
  const deletion = site && (await findDeletion(context, site));
  if (!deletion || (deletion.purging_at === null && deletion.deleted_at > before)) return false;
  if (deletion.purging_at === null) {
    const claim = await context.records.readClaim(site.label);
    // It is being served: who restored it was cut off.
    if (claim && claim.deleted_at === undefined) {
      await settleDeletion(context, site, claim);
      return false;
    }
  }
  await purgeSite(context, SYSTEM, site);
  return true;
}
