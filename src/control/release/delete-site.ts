import type { Context } from "../context.ts";
import { unmountSite } from "../domains/publish-host.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import type { Site } from "./sites.ts";

/**
 * Deletes a site: it stops being served first, then its records go, its name last. Blobs that nothing else names go
 * with the next garbage collection. Doing it again after a crash ends what was begun.
 */
export async function deleteSite(context: Context, actor: Actor, site: Site): Promise<void> {
  await recordEvent(context, actor, "site.delete", { site });
  await context.contentGate.alone(async () => {
    await unmountSite(context, site.id);
    const others: string[] = [];
    for await (const claim of context.records.claims()) {
      if (claim.site_id === site.id && claim.label !== site.label) others.push(claim.label);
    }
    await context.records.emptyLabel(site.label);
    await context.db.query.deleteFrom("sites").where("id", "=", site.id).execute();
    for (const label of [...others, site.label]) await context.records.removeLabel(label);
  });
}
