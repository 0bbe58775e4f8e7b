import { findOld, mayGo, type Pinned } from "#diff";
import { type Digest, ENVIRONMENTS, formatVersion, survives } from "#model";
import type { Api } from "#wire";
import { listImports } from "../archive/import-record.ts";
import { type Context, nowIso } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { isLive } from "../release/is-live.ts";
import type { Site } from "../release/sites.ts";
import { readRetention } from "./site-retention.ts";

/** So many releases of a site go in one turn of it; then those that wait to move its pointers go on. */
const RELEASES_AT_ONCE = 50;

/** Which releases went, or would go. */
export type RemovedReleases = Api.Collected["releases"];

/**
 * Removes the releases that sites do not keep, but none of those in the bin: first the history says that they are gone, then their records go. What is
 * cut off in between is ended the next time. Where a site's records cannot be read, the others are gone through all the
 * same, and `errors` says so.
 */
export async function removeOldReleases(
  context: Context,
  errors: string[],
  tell: (removed: number) => Promise<void>,
): Promise<RemovedReleases> {
  return await eachSite(context, errors, async ({ id }) => {
    const removed: number[] = [];
    for (let count = RELEASES_AT_ONCE; count === RELEASES_AT_ONCE;) {
      const some = await context.inTurn(id, () => removeSome(context, id));
      count = some.length;
      removed.push(...some);
      await tell(count);
    }
    return removed;
  });
}

/** Lists what would be removed now. */
export async function listOldReleases(context: Context, errors: string[]): Promise<RemovedReleases> {
  return await eachSite(context, errors, async (site) =>
    (await findRemovable(context, site)).map(({ version }) => version),
  );
}

async function eachSite(
  context: Context,
  errors: string[],
  act: (site: Site) => Promise<number[]>,
): Promise<RemovedReleases> {
  const sites = await context.db.query.selectFrom("sites").where(isLive).selectAll().orderBy("name").execute();
  // A site that is being imported has its pointers last.
  const incoming = new Set<string>();
  for await (const { site_id, state } of listImports(context)) if (state === "committing") incoming.add(site_id);
  const all: RemovedReleases = [];
  for (const site of sites) {
    if (incoming.has(site.id)) continue;
    try {
      const versions = await act(site);
      if (versions.length > 0) all.push({ project: site.name, versions: versions.map(formatVersion) });
    } catch (error) {
      context.log(`Old releases of ${site.name} could not be removed`, error);
      errors.push(`old releases of ${site.name} could not be removed; see the server's log`);
    }
  }
  return all;
}

/** Removes a few of a site's releases, in its turn: no pointer is moved to one meanwhile. Returns their numbers. */
async function removeSome(context: Context, siteId: string): Promise<number[]> {
  const { query } = context.db;
  const site = await query.selectFrom("sites").where("id", "=", siteId).where(isLive).selectAll().executeTakeFirst();
  if (!site) return [];
  for (const environment of ENVIRONMENTS) {
    await context.records.forgetSurvivors(site.label, environment, context.nowMs());
  }
  const versions = (await findRemovable(context, site)).slice(0, RELEASES_AT_ONCE).map(({ version }) => version);
  if (versions.length > 0) {
    const last = Math.max(...versions);
    await context.records.changeClaim(site.label, (claim) => ({
      ...claim,
      removed_to: Math.max(claim.removed_to ?? 0, last),
    }));
    const names = versions.map(formatVersion);
    const target = names.length === 1 ? names[0]! : `${names.length} releases, ${names[0]} to ${names.at(-1)}`;
    await query.transaction().execute(async (transaction) => {
      await transaction
        .updateTable("releases")
        .set({ removed_at: nowIso(context) })
        .where("site_id", "=", siteId)
        .where("version", "in", versions)
        .execute();
      await recordEvent(context, SYSTEM, "release.remove", { site, target }, transaction);
    });
  }
  await removeRecords(context, site);
  return versions;
}

/** Removes the records of releases that the history says are gone. */
async function removeRecords(context: Context, { id, label }: Site): Promise<void> {
  const gone = await context.db.query
    .selectFrom("releases")
    .where("site_id", "=", id)
    .where("removed_at", "is not", null)
    .select("version")
    .execute();
  if (gone.length === 0) return;
  const versions = new Set(gone.map(({ version }) => version));
  const left = (await context.records.releaseVersions(label)).filter((version) => versions.has(version));
  await Promise.all(left.map((version) => context.records.removeRelease(label, version)));
}

interface Removable {
  readonly version: number;
}

/** Finds the releases of a site that go now, oldest first. */
async function findRemovable(context: Context, site: Site): Promise<Removable[]> {
  const retention = await readRetention(context, site);
  const nowMs = context.nowMs();
  const releases = await context.db.query
    .selectFrom("releases")
    .where("site_id", "=", site.id)
    .where("removed_at", "is", null)
    .select(["version", "manifest", "created_at"])
    .execute();
  const kept = releases.map((release) => ({ ...release, manifest: release.manifest as Digest }));
  const old = findOld(kept, retention, nowMs);
  if (old.length === 0) return [];
  const pinned = await findPinned(context, site);
  return old.filter((release) => mayGo(release, pinned, nowMs));
}

async function findPinned(context: Context, { id, label }: Site): Promise<Pinned> {
  const versions = new Set<number>();
  const manifests = new Set<Digest>();
  for (const environment of ENVIRONMENTS) {
    const ref = await context.records.readRef(label, environment);
    if (ref) versions.add(ref.release);
    for (const survivor of ref?.survivors ?? []) {
      if (survives(survivor, context.nowMs())) manifests.add(survivor.manifest);
    }
  }
  // One that has expired too: as long as it is there, it names its release.
  for await (const { preview } of context.records.previews(label)) versions.add(preview.release);
  const served = await context.db.query
    .selectFrom("deployments")
    .where("site_id", "=", id)
    .select("version")
    .distinct()
    .execute();
  return { versions, manifests, served: new Set(served.map(({ version }) => version)) };
}
