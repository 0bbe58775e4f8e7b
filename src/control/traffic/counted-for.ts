import type { SiteFigures } from "#model";
import type { Context } from "../context.ts";
import { readWholeClaim } from "../release/labels.ts";

/** By label: the id of the site that something was counted for. */
export type CountedFor = ReadonlyMap<string, string>;

/**
 * Finds whose figures these are: of the site that has the label, or had it. What was counted before a site was made is
 * not its own: another had its name.
 */
export async function findCountedFor(context: Context, entries: readonly SiteFigures[]): Promise<CountedFor> {
  const sinceMs = new Map<string, number>();
  for (const entry of entries) {
    sinceMs.set(entry.label, Math.min(entry.sinceMs, sinceMs.get(entry.label) ?? Infinity));
  }
  const found = new Map<string, string>();
  const sites = await sitesBy(context, "label", [...sinceMs.keys()]);
  const claimed = new Map<string, string>();
  for (const label of sinceMs.keys()) {
    if (sites.some((site) => site.label === label)) continue;
    // It has been renamed, or is gone.
    const claim = await readWholeClaim(context, label);
    if (claim) claimed.set(label, claim.site_id);
  }
  const renamed = await sitesBy(context, "id", [...new Set(claimed.values())]);
  for (const [label, since] of sinceMs) {
    const site = sites.find((each) => each.label === label) ?? renamed.find(({ id }) => id === claimed.get(label));
    if (site && Date.parse(site.created_at) <= since) found.set(label, site.id);
  }
  return found;
}

async function sitesBy({ db }: Context, column: "id" | "label", values: readonly string[]) {
  if (values.length === 0) return [];
  return await db.query.selectFrom("sites").where(column, "in", values).select(["id", "label", "created_at"]).execute();
}
