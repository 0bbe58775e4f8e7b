import { type Claim, ENVIRONMENTS, formatVersion, wasRemovedByRetention } from "#model";
import { inSettledTurn, settleAll } from "./change-store.ts";
import { type Context, nowIso } from "./context.ts";
import { forgetEmptyDomains } from "./domains/publish-host.ts";
import { reconcileHosts } from "./domains/reconcile-hosts.ts";
import { retireLabel } from "./domains/rename.ts";
import { settleOwners } from "./identity/owners.ts";
import { isOutage } from "./outage.ts";
import { contentsOf } from "./quota/require-room.ts";
import { labelsOf } from "./release/labels.ts";
import { addOwned } from "./release/ownership.ts";
import { insertRelease } from "./release/releases.ts";
import { settleDeletion } from "./release/settle-deletion.ts";
import type { Site } from "./release/sites.ts";
import { RECORDS_TURN } from "./retention/named-contents.ts";

/**
 * Brings the database into line with the store, at start: the store tells what is served, the database who and why.
 * It adds what a crash (or a lost database) left out, ends a rename or a deletion that was cut off, and changes nothing that
 * agrees.
 */
export async function reconcile(context: Context): Promise<void> {
  await settleOwners(context);
  // Where others share the database, what is pending may be under way there: what is older is settled by one of all.
  if (!context.db.isShared) await settleAll(context);
  for await (const key of context.store.documents.list("sites/")) {
    const label = key.slice("sites/".length, -".json".length);
    try {
      const claim = await context.records.readClaim(label);
      // In turn: another control plane may be at work on the site, and what it has half done is not cut off.
      if (claim) await inSettledTurn(context, claim.site_id, () => reconcileLabel(context, label));
    } catch (error) {
      // What is wrong with one site must not hide the others.
      if (isOutage(error)) throw error;
      context.log(`Site ${label} could not be brought into line`, error);
    }
  }
  await reconcileHosts(context);
}

async function reconcileLabel(context: Context, label: string): Promise<void> {
  const claim = await context.records.readClaim(label);
  if (claim?.moved_to === undefined) return claim && (await reconcileSite(context, claim));
  // A rename that was cut off may have left pointers at the old label, and a pointer goes before a redirect.
  await context.inTurn(RECORDS_TURN, () => context.records.emptyLabel(label));
}

async function reconcileSite(context: Context, claim: Claim): Promise<void> {
  const { label } = claim;
  const site = await context.db.query
    .selectFrom("sites")
    .where("id", "=", claim.site_id)
    .selectAll()
    .executeTakeFirst();
  if (site && site.label !== label) return await settleLabel(context, label, site.label);
  if (!site && (await isPurged(context, claim))) return await freeLabels(context, claim);
  if (!(await settleDeletion(context, site ?? (await addSite(context, claim)), claim))) return;
  await addReleases(context, claim);
  await addDeployments(context, label, claim.site_id);
  await addPreviews(context, label, claim.site_id);
}

/** Of a site that was deleted for good, the claim goes last. */
const isPurged = async ({ records }: Context, { label, deleted_at }: Claim): Promise<boolean> =>
  deleted_at !== undefined && (await records.releaseVersions(label)).length === 0;

async function freeLabels(context: Context, { site_id, label }: Claim): Promise<void> {
  for (const held of await labelsOf(context, site_id, label)) await context.records.removeLabel(held);
}

/** Two labels of one site: the database names the one that counts. The other is old, or was not finished. */
async function settleLabel(context: Context, label: string, current: string): Promise<void> {
  await retireLabel(context, label, current);
  context.log(`The subdomain ${label} now redirects to ${current}: a rename had been cut off`);
}

async function addSite(context: Context, claim: Claim): Promise<Site> {
  await removeUnclaimed(context, claim);
  const site = {
    id: claim.site_id,
    workspace_id: claim.workspace_id,
    name: claim.site,
    label: claim.label,
    created_at: claim.created_at,
    updated_at: claim.created_at,
  };
  await context.db.query.transaction().execute(async (query) => {
    const workspace = { id: claim.workspace_id, name: "recovered", owner_id: null, created_at: nowIso(context) };
    await query
      .insertInto("workspaces")
      .values(workspace)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await query.insertInto("sites").values(site).execute();
  });
  context.log(`Site ${claim.site} was in the store and not in the database: added`);
  return site;
}

/** Rows in a claim's way are of sites that were deleted: the database is an older copy, and the store has no claim of theirs. */
async function removeUnclaimed(context: Context, claim: Claim): Promise<void> {
  const inTheWay = await context.db.query
    .selectFrom("sites")
    .where(({ or, eb }) => or([eb("label", "=", claim.label), eb("name", "=", claim.site)]))
    .select(["id", "label"])
    .execute();
  for (const { id, label } of inTheWay) {
    if ((await context.records.readClaim(label))?.site_id === id) continue;
    await context.db.query.deleteFrom("sites").where("id", "=", id).execute();
    context.log(`The database had an earlier site at ${label}, which the store does not: removed`);
  }
  await forgetEmptyDomains(context.db.query);
}

async function addReleases(context: Context, claim: Claim): Promise<void> {
  const { label, workspace_id: workspaceId } = claim;
  const rows = await context.db.query
    .selectFrom("releases")
    .innerJoin("sites", "sites.id", "releases.site_id")
    .where("sites.label", "=", label)
    .select(["releases.site_id", "releases.version", "releases.removed_at"])
    .execute();
  const stored = await context.records.releaseVersions(label);
  await markRemoved(context, claim, rows, new Set(stored));
  const isRemoved = new Map(rows.map(({ version, removed_at }) => [version, removed_at !== null]));
  for (const version of stored) {
    // One that retention did not remove was lost, and has been put back.
    const isBack = isRemoved.get(version) === true && !wasRemovedByRetention(claim, version);
    if (isRemoved.has(version) && !isBack) continue;
    const record = await context.records.readRelease(label, version);
    if (!record) continue;
    const manifest = await context.readManifest(record.manifest);
    const pod = manifest && { digest: record.manifest, manifest, base: undefined };
    if (pod) await addOwned(context, workspaceId, contentsOf(pod).sizes());
    if (!isBack) await insertRelease(context.db.query, record);
    else await unmarkRemoved(context, claim, version);
  }
}

async function unmarkRemoved(context: Context, { site_id, label }: Claim, version: number): Promise<void> {
  await context.db.query
    .updateTable("releases")
    .set({ removed_at: null })
    .where("site_id", "=", site_id)
    .where("version", "=", version)
    .execute();
  context.log(`${formatVersion(version)} of ${label} is in the store again: it is no longer marked as removed`);
}

interface ReleaseRow {
  readonly site_id: string;
  readonly version: number;
  readonly removed_at: string | null;
}

/** A database that is an older copy has releases that were removed since: what they named may be gone. */
async function markRemoved(
  context: Context,
  claim: Claim,
  rows: readonly ReleaseRow[],
  stored: ReadonlySet<number>,
): Promise<void> {
  const { label } = claim;
  const lost = rows.filter(({ version, removed_at }) => removed_at === null && !stored.has(version));
  if (lost.length === 0) return;
  const refs = await Promise.all(ENVIRONMENTS.map((environment) => context.records.readRef(label, environment)));
  for (const { site_id, version } of lost) {
    if (refs.some((ref) => ref?.release === version)) continue;
    await context.db.query
      .updateTable("releases")
      .set({ removed_at: nowIso(context) })
      .where("site_id", "=", site_id)
      .where("version", "=", version)
      .execute();
    const what = `${formatVersion(version)} of ${label} was in the database and not in the store: marked as removed`;
    context.log(
      wasRemovedByRetention(claim, version)
        ? what
        : `${what}. Nothing has removed it, so its record is lost: stop the server, and sitepod server fsck --repair --from a backup brings it back`,
    );
  }
}

async function addDeployments(context: Context, label: string, siteId: string): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    const ref = await context.records.readRef(label, environment);
    if (!ref) continue;
    const last = await context.db.query
      .selectFrom("deployments")
      .where("site_id", "=", siteId)
      .where("environment", "=", environment)
      .selectAll()
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (last && last.ref_version >= ref.version) continue;
    await context.db.query
      .insertInto("deployments")
      .values({
        site_id: siteId,
        environment,
        version: ref.release,
        previous_version: last?.version ?? null,
        ref_version: ref.version,
        action: "release",
        user_id: "system",
        at: ref.updated_at,
      })
      .execute();
  }
}

async function addPreviews(context: Context, label: string, siteId: string): Promise<void> {
  for await (const { preview } of context.records.previews(label)) {
    await context.db.query
      .insertInto("previews")
      .values({
        site_id: siteId,
        slug: preview.slug,
        version: preview.release,
        created_by: "system",
        created_at: preview.created_at,
        expires_at: preview.expires_at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}
