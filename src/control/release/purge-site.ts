import { SitepodError } from "#model";
import { settleSite } from "../change-store.ts";
import { type Context, nowIso } from "../context.ts";
import { unmountSite } from "../domains/publish-host.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { markClaim } from "./delete-site.ts";
import { labelsOf } from "./labels.ts";
import type { Site } from "./sites.ts";

/**
 * Deletes a site for good, whether it was in the bin or not: first the database says that it can be restored no more, then
 * nothing of it is served, then its records go, its name last. Blobs that nothing else names go with the next garbage collection.
 * To be called in the site's turn; doing it again after a crash ends what was begun.
 */
export async function purgeSite(context: Context, actor: Actor, site: Site): Promise<void> {
  await settleSite(context, site.id);
  await beginPurge(context, actor, site);
  await markClaim(context, site, nowIso(context)).catch(unlessDamaged);
  await unmountSite(context, site.id);
  const labels = await labelsOf(context, site.id, site.label);
  // The many files of a site go while others deploy; then, alone, what a commit has added since.
  for (const label of labels) await context.records.emptyLabel(label);
  await context.contentGate.alone(async () => {
    await context.records.emptyLabel(site.label);
    await context.db.query.deleteFrom("sites").where("id", "=", site.id).execute();
    for (const label of labels) await context.records.removeLabel(label);
  });
}

/** A claim that is lost or damaged keeps no site from going. */
function unlessDamaged(error: unknown): void {
  if (!(error instanceof SitepodError) || error.code !== "internal") throw error;
}

async function beginPurge(context: Context, actor: Actor, site: Site): Promise<void> {
  const now = nowIso(context);
  await context.db.query.transaction().execute(async (query) => {
    const begun = await query
      .insertInto("deleted_sites")
      .values({ site_id: site.id, deleted_at: now, deleted_by: actor.userId, domains: "[]", purging_at: now })
      .onConflict((conflict) =>
        conflict.column("site_id").doUpdateSet({ purging_at: now }).where("deleted_sites.purging_at", "is", null),
      )
      .returning("site_id")
      .executeTakeFirst();
    // It was begun before, and that is in the log.
    if (!begun) return;
    const before = { name: site.name, subdomain: site.label, created_at: site.created_at };
    await recordEvent(context, actor, "site.purge", { site, before }, query);
  });
}
