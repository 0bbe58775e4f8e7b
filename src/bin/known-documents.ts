import type { KnownSite } from "#db";
import { claimKey, type Environment, parseClaim, refKey, releaseKey } from "#model";
import type { InspectedStore } from "#store";

/**
 * Lists the pointers and records of releases that a store must have since the database knows of them. Not those that retention may have
 * removed: the database may be an older copy, and the site's claim tells how far that went. A site without a whole claim is left out.
 */
export async function listKnownDocuments(
  documents: Pick<InspectedStore["documents"], "read">,
  sites: readonly KnownSite[],
): Promise<string[]> {
  const keys: string[] = [];
  for (const { id, label, versions, environments } of sites) {
    const text = await documents.read(claimKey(label));
    const claim = text === undefined ? undefined : parseClaim(text);
    if (claim?.site_id !== id || claim.moved_to !== undefined || claim.deleted_at !== undefined) continue;
    const lost = versions.filter((version) => version > (claim.removed_to ?? 0));
    keys.push(...lost.map((version) => releaseKey(label, version)));
    keys.push(...environments.map((environment) => refKey(label, environment as Environment)));
  }
  return keys;
}
