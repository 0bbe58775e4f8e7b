import { type Claim, SitepodError } from "#model";
import type { Context } from "../context.ts";

/** Lists a site's claims: to its label, and to those that it had. One that is damaged is told, and left out. */
export async function claimsOf(context: Context, siteId: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  for await (const key of context.store.documents.list("sites/")) {
    try {
      const claim = await context.records.readClaim(key.slice("sites/".length, -".json".length));
      if (claim?.site_id === siteId) claims.push(claim);
    } catch (error) {
      // What is damaged of one site must not keep another from being renamed or deleted.
      if (!(error instanceof SitepodError) || error.code !== "internal") throw error;
      context.log(`${key} was left out`, error);
    }
  }
  return claims;
}
