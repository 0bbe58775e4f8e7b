import type { Context } from "../context.ts";
import { unmountSite } from "../domains/publish-host.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { claimsOf } from "./labels.ts";
import type { Site } from "./sites.ts";

/**
 * Deletes a site: it stops being served first, then its records go, its name last. Blobs that nothing else names go
 * with the next garbage collection. Doing it again after a crash ends what was begun.
 */
export async function deleteSite(context: Context, actor: Actor, site: Site): Promise<void> {
  await unmountSite(context, site.id);
  const labels = (await claimsOf(context, site.id)).map(({ label }) => label);
  const others = labels.filter((label) => label !== site.label);
  // The many files of a site go while others deploy; then, alone, what a commit has added since.
  for (const label of [...others, site.label]) await context.records.emptyLabel(label);
  await context.contentGate.alone(async () => {
    await context.records.emptyLabel(site.label);
    await context.db.query.transaction().execute(async (query) => {
      await query.deleteFrom("sites").where("id", "=", site.id).execute();
      const before = { name: site.name, subdomain: site.label, created_at: site.created_at };
      await recordEvent(context, actor, "site.delete", { site, before }, query);
    });
    for (const label of [...others, site.label]) await context.records.removeLabel(label);
  });
}
