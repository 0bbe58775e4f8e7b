import { type Digest, formatVersion, imageId, type Manifest, type ReleaseRecord, SitepodError } from "#model";
import { DigestSet, inParallel, type Staged } from "#store";
import type { Api } from "#wire";
import { closeReleases } from "../access/permanent-addresses.ts";
import { makeAccess } from "../access/protect.ts";
import { changeStore, inSettledTurn } from "../change-store.ts";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { contentsOf, type NewPod, requireStoredRoom } from "../quota/require-room.ts";
import { recountUsage } from "../quota/usage.ts";
import { waitWhileCondemned } from "../retention/condemned-blobs.ts";
import { addLines, failDeploy } from "./deploys.ts";
import { addOwned, findOwned, inChunks, removeOwned, ROWS_PER_STATEMENT } from "./ownership.ts";
import { readReleasedBase } from "./plan-base.ts";
import { releaseCreation } from "./release-creation.ts";
import { collectAfterStep, FILES_PER_STEP } from "./large-pod.ts";
import { lintRules, requireReadableRules } from "./rules.ts";
import type { ReceivedLines } from "./received-lines.ts";
import { findSite, holdSite, type Site } from "./sites.ts";
import { findUpload, readUploadManifest, type Upload } from "./upload.ts";

/** So many blobs are looked for at once when a commit is checked. */
const PARALLEL_CHECKS = 64;
/** A version number that is taken is followed by the next, this often. */
const MAX_NUMBER_TRIES = 1000;

export interface Commit {
  readonly uploadId: string;
  readonly message: string | undefined;
  readonly trigger: ReleaseRecord["trigger"];
  /** Whether the release's permanent address is not open before something of the site was protected. */
  readonly isProtected?: boolean | undefined;
}

/**
 * Ends the upload: everything it names becomes durable in one batch, then its release is recorded. Doing it again
 * answers the same release. Throws SitepodError `conflict` where contents are missing.
 */
export async function commitUpload(
  context: Context,
  actor: Actor,
  commit: Commit,
  received: Pick<ReceivedLines, "take">,
): Promise<Api.CommitResponse> {
  const { workspaceId, siteId, version } = await findUpload(context, actor, commit.uploadId);
  if (commit.isProtected && version === null) {
    await holdSite(context, actor, siteId, async ({ label }) =>
      closeReleases(context, label, await makeAccess(context, undefined)),
    );
  }
  // In turn: a second commit of this upload finds its release, and one that shares contents with another finds them owned.
  return await context.contentGate.shared(() =>
    inSettledTurn(context, workspaceId, () => commitInTurn(context, actor, commit, received)),
  );
}

async function commitInTurn(
  context: Context,
  actor: Actor,
  commit: Commit,
  received: Pick<ReceivedLines, "take">,
): Promise<Api.CommitResponse> {
  const upload = await findUpload(context, actor, commit.uploadId);
  const site = await findSite(context, actor, upload.siteId);
  const manifest = await readUploadManifest(context, upload);
  if (upload.version !== null) {
    return await describeCommit(context, site, upload.version, await lintRules(context, manifest));
  }
  await addLines(context, upload.id, [...(await received.take(upload.id)), { kind: "committing" }]);
  let committed: Committed;
  try {
    committed = await commitNew(context, actor, commit, { site, upload, manifest });
  } catch (error) {
    const reason = error instanceof SitepodError ? error.message : "The server failed.";
    await failDeploy(context, actor, site, upload.id, reason);
    throw error;
  }
  return await describeCommit(context, site, committed.version, committed.warnings);
}

interface Ready {
  readonly site: Site;
  readonly upload: Upload;
  readonly manifest: Manifest;
}

interface Committed {
  readonly version: number;
  readonly warnings: Api.CommitResponse["warnings"];
}

async function commitNew(
  context: Context,
  actor: Actor,
  commit: Commit,
  { site, upload, manifest }: Ready,
): Promise<Committed> {
  if (upload.isPartial) {
    throw new SitepodError("invalid", "This plan is a part of another, which is the one to commit. Deploy again.");
  }
  requireReadableRules(manifest);
  const base = await readReleasedBase(context, site, upload.base);
  const pod = { digest: upload.manifest, manifest, base };
  await context.disk.requireRoom(0);
  // Told at the plan already. What other deploys have added since counts too.
  await requireStoredRoom(context, site.workspace_id, contentsOf(pod), async (ids) => {
    if (ids.includes(site.workspace_id)) await recountUsage(context, site.workspace_id);
  });
  await makeDurable(context, upload, pod);
  const warnings = await lintRules(context, manifest);
  const content = {
    site: site.name,
    site_id: site.id,
    workspace_id: site.workspace_id,
    image: imageId(site.id, upload.manifest, context.hash),
    manifest: upload.manifest,
    files_count: manifest.fileCount,
    total_size: manifest.totalSize,
    created_at: nowIso(context),
    created_by: actor.userId,
    trigger: commit.trigger,
    ...(commit.message ? { message: commit.message } : {}),
    ...(Object.keys(upload.git).length > 0 ? { git: upload.git } : {}),
  };
  const version = await recordRelease(context, actor, { site, upload }, content, warnings);
  context.encoder.add(upload.manifest);
  return { version, warnings };
}

/** Makes blobs of all that the manifest names beside its base, and of the manifest itself, in one batch. */
async function makeDurable(context: Context, upload: Upload, pod: NewPod): Promise<void> {
  const { store } = context;
  const sizes = contentsOf(pod).sizes();
  collectAfterStep(pod.manifest);
  const staged = await store.uploads.staged(upload.workspaceId);
  requireNoneMissing(await countMissing(context, upload, sizes.digests, staged), sizes.size - 1);
  collectAfterStep(pod.manifest);
  const isNew = (digest: Digest) => digest === upload.manifest || staged.has(digest);
  await waitWhileCondemned(context, Iterator.from(sizes.digests).filter(isNew));
  await store.uploads.commit(upload.workspaceId, sizes.digests);
  await addOwned(context, upload.workspaceId, sizes, () => collectAfterStep(pod.manifest));
  await requireStored(context, upload, pod);
  collectAfterStep(pod.manifest);
}

/** How many contents are neither staged nor the workspace's. The manifest is there: it has been read. */
async function countMissing(context: Context, upload: Upload, digests: DigestSet, staged: Staged): Promise<number> {
  const others = Iterator.from(digests).filter((digest) => digest !== upload.manifest && !staged.has(digest));
  let missing = 0;
  for (const some of inChunks(others, ROWS_PER_STATEMENT)) {
    const owned = await findOwned(context.db.query, upload.workspaceId, some);
    missing += some.length - owned.size;
  }
  return missing;
}

/**
 * Throws SitepodError `invalid` where the plan gave a content that it did not have to send another size than it has,
 * `conflict` where one was lost: neither file could be served.
 */
async function requireStored(context: Context, upload: Upload, { manifest, base }: NewPod): Promise<void> {
  const wrong = new DigestSet();
  let checked = 0;
  await inParallel(manifest.contents(base), PARALLEL_CHECKS, async ({ digest, size }) => {
    if (++checked % FILES_PER_STEP === 0) collectAfterStep(manifest);
    if ((await context.store.blobs.size(digest)) !== size) wrong.add(digest);
  });
  if (wrong.size === 0) return;
  // Who is said to have a content is not asked for it: without the claim the next deploy sends it.
  await removeOwned(context, upload.workspaceId, wrong);
  const faults: string[] = [];
  for (const { path, digest, size } of manifest.entries()) {
    const stored = wrong.has(digest) ? await context.store.blobs.size(digest) : undefined;
    if (stored === undefined || stored === size) continue;
    faults.push(`${JSON.stringify(path)} has ${stored} bytes, and the plan says ${size}.`);
  }
  if (faults.length > 0) throw new SitepodError("invalid", `${faults[0]} Deploy again.`, { faults });
  requireNoneMissing(wrong.size, checked);
}

function requireNoneMissing(missing: number, total: number): void {
  if (missing === 0) return;
  throw new SitepodError(
    "conflict",
    `${missing} of ${total} contents have not been uploaded. Deploy again: what arrived is not sent twice.`,
  );
}

/**
 * Writes the release's record under the next free number, then its row, and says so in the deploy's log. The record is created once, so two commits
 * never share a number, also where the database was restored from an older copy.
 */
async function recordRelease(
  context: Context,
  actor: Actor,
  { site, upload }: Omit<Ready, "manifest">,
  content: Omit<ReleaseRecord, "version" | "upload">,
  warnings: Committed["warnings"],
): Promise<number> {
  const first = (await lastVersion(context, site.id)) + 1;
  for (let version = first; version < first + MAX_NUMBER_TRIES; version++) {
    const record = { version, ...content, upload: upload.id };
    const wanted = { turn: upload.workspaceId, siteId: site.id, data: { site, record, warnings: warnings ?? [] } };
    try {
      await changeStore(context, actor, releaseCreation, wanted, async () => {
        if (!(await createRecord(context, site.label, record))) throw new NumberTaken();
      });
    } catch (error) {
      if (error instanceof NumberTaken) continue;
      throw error;
    }
    context.live.tellDeploy(upload.id);
    return version;
  }
  throw new SitepodError("unavailable", "No release number is free. Restart the server: it reads the numbers again.");
}

class NumberTaken extends Error {}

/** Returns whether the record is there: where the number is taken, it may be by the same upload, which was cut off. */
async function createRecord(context: Context, label: string, record: ReleaseRecord): Promise<boolean> {
  if (await context.records.createRelease(label, record)) return true;
  return (await context.records.readRelease(label, record.version))?.upload === record.upload;
}

async function lastVersion(context: Context, siteId: string): Promise<number> {
  const row = await context.db.query
    .selectFrom("releases")
    .where("site_id", "=", siteId)
    .select((select) => select.fn.max("version").as("version"))
    .executeTakeFirst();
  return row?.version ?? 0;
}

async function describeCommit(
  context: Context,
  site: Site,
  version: number,
  warnings: Committed["warnings"],
): Promise<Api.CommitResponse> {
  const row = await context.db.query
    .selectFrom("releases")
    .where("site_id", "=", site.id)
    .where("version", "=", version)
    .selectAll()
    .executeTakeFirstOrThrow();
  return {
    image_id: row.image_id,
    content_hash: row.manifest,
    files_count: row.files_count,
    total_size: row.total_size,
    created_at: row.created_at,
    version: formatVersion(version),
    url: context.addresses.release(site.label, version),
    warnings,
  };
}
