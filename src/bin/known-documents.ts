import type { KnownSite } from "#db";
import {
  type Claim,
  claimKey,
  formatRef,
  moveRef,
  parseClaim,
  parseReleaseRecord,
  refKey,
  releaseKey,
  wasRemovedByRetention,
} from "#model";
import type { InspectedStore } from "#store";
import { readUnless } from "#upkeep";

type ReadDocuments = Pick<InspectedStore["documents"], "read">;

/**
 * Lists the pointers and records of releases that a store must have since the database knows of them. Not those that retention may have
 * removed: the database may be an older copy, and the site's claim tells how far that went. A site without a whole claim is left out.
 */
export async function listKnownDocuments(documents: ReadDocuments, sites: readonly KnownSite[]): Promise<string[]> {
  const keys: string[] = [];
  for (const site of sites) {
    const claim = await findClaim(documents, site);
    if (!claim) continue;
    const lost = site.versions.filter((version) => !wasRemovedByRetention(claim, version));
    keys.push(...lost.map((version) => releaseKey(site.label, version)));
    keys.push(...site.served.map(({ environment }) => refKey(site.label, environment)));
  }
  return keys;
}

/**
 * Makes a pointer anew: to what the database knows was released there last, with the protection that the site's permanent addresses
 * have, which is there as long as anything of the site is protected. Undefined where that is not known, or its release is not there.
 */
export async function remakePointer(
  documents: ReadDocuments,
  sites: readonly KnownSite[],
  key: string,
  nowMs: number,
): Promise<string | undefined> {
  for (const site of sites) {
    const last = site.served.find(({ environment }) => refKey(site.label, environment) === key);
    if (!last) continue;
    const { environment, version, refVersion } = last;
    const claim = await findClaim(documents, site);
    const record = parseReleaseRecord((await read(documents, releaseKey(site.label, version))) ?? "");
    if (!claim || record?.version !== version) return undefined;
    const { image, manifest } = record;
    const access = claim.access && { access: claim.access };
    const target = { site: claim.site, environment, release: version, image, manifest, ...access };
    return formatRef({ ...moveRef(undefined, target, nowMs, 0), version: refVersion + 1 });
  }
  return undefined;
}

async function findClaim(documents: ReadDocuments, { id, label }: KnownSite): Promise<Claim | undefined> {
  const text = await read(documents, claimKey(label));
  const claim = text === undefined ? undefined : parseClaim(text);
  const isHere = claim?.site_id === id && claim.moved_to === undefined && claim.deleted_at === undefined;
  return isHere ? claim : undefined;
}

/** What may not be read is told by who checks the documents. */
const read = (documents: ReadDocuments, key: string): Promise<string | undefined> =>
  readUnless(
    () => documents.read(key),
    key,
    () => {},
  );
