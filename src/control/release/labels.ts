import { type Claim, claimKey, SitepodError } from "#model";
import type { Context } from "../context.ts";

/** Lists a site's claims: to its label, and to those that it had. One that is damaged is told, and left out. */
export async function claimsOf(context: Context, siteId: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  for await (const key of context.store.documents.list("sites/")) {
    const claim = await readWholeClaim(context, key.slice("sites/".length, -".json".length));
    if (claim?.site_id === siteId) claims.push(claim);
  }
  return claims;
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
