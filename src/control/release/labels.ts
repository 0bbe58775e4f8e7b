import { type Claim, claimKey, SitepodError } from "#model";
import { inParallel } from "#store";
import type { Context } from "../context.ts";

/** A bucket takes some milliseconds for each, and there are as many as sites. */
const READ_AT_ONCE = 16;

/** Lists a site's claims: to its label, and to those that it had. One that is damaged is told, and left out. */
export async function claimsOf(context: Context, siteId: string): Promise<Claim[]> {
  const labels: string[] = [];
  for await (const key of context.store.documents.list("sites/")) {
    labels.push(key.slice("sites/".length, -".json".length));
  }
  const claims: Claim[] = [];
  await inParallel(labels, READ_AT_ONCE, async (label) => {
    const claim = await readWholeClaim(context, label);
    if (claim?.site_id === siteId) claims.push(claim);
  });
  return claims.toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

/** Reads who holds a label. A claim that is damaged is told, and nobody's: what is damaged of one site must not keep others from going on. */
export async function readWholeClaim(context: Context, label: string): Promise<Claim | undefined> {
  try {
    return await context.records.readClaim(label);
  } catch (error) {
    if (!(error instanceof SitepodError) || error.code !== "internal") throw error;
    context.log(`${claimKey(label)} was left out`, error);
    return undefined;
  }
}

/** Lists a site's labels by its claims, its own last: as long as that is held, a start knows that the site's others are to be freed. */
export async function labelsOf(context: Context, siteId: string, own: string): Promise<string[]> {
  const labels = (await claimsOf(context, siteId)).map(({ label }) => label);
  return [...labels.filter((label) => label !== own), own];
}
