import {
  type Access,
  type Digest,
  type Environment,
  formatVersion,
  imageId,
  moveRef,
  type ReleaseRecord,
  SitepodError,
  totalSize,
} from "#model";
import { DigestMap, DigestSet, inParallel } from "#store";
import type { Api } from "#wire";
import { makeAccess } from "../access/protect.ts";
import { changeStore, inSettledTurn } from "../change-store.ts";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { findLimits } from "../quota/limits.ts";
import { contentsOf, type NewContents, requireStoredRoom } from "../quota/require-room.ts";
import { recountUsage } from "../quota/usage.ts";
import { addOwned, settleReleases } from "../release/ownership.ts";
import { insertRelease } from "../release/releases.ts";
import type { Site } from "../release/sites.ts";
import { waitWhileCondemned } from "../retention/condemned-blobs.ts";
import { requireImport } from "./begin-import.ts";
import { checkPod, type ImportedRelease } from "./check-pod.ts";
import { type ImportRecord, writeImport } from "./import-record.ts";
import { siteImport } from "./site-import.ts";

/** A commit that was cut off may be sent again for so long; then what it has made is taken back. */
const COMMIT_LIFE_MS = 60 * 60 * 1000;
const PARALLEL_CHECKS = 64;

/**
 * Makes the site of an import, with all its releases. Everything is checked and durable before the name is claimed;
 * sending it again ends what was cut off, or answers the same. Throws SitepodError: `invalid` or `conflict` where what was
 * sent is not whole, `forbidden` where the name was taken meanwhile.
 */
export async function commitImport(
  context: Context,
  actor: Actor,
  id: string,
  request: Api.ImportCommitRequest,
): Promise<Api.ImportCommitted> {
  requireConsistent(request);
  const { workspace_id } = await requireImport(context, actor, id);
  return await context.contentGate.shared(() =>
    inSettledTurn(context, workspace_id, () => commitInTurn(context, actor, id, request)),
  );
}

async function commitInTurn(
  context: Context,
  actor: Actor,
  id: string,
  request: Api.ImportCommitRequest,
): Promise<Api.ImportCommitted> {
  const begun = await requireImport(context, actor, id);
  const commit = context.hash(new TextEncoder().encode(JSON.stringify(request)));
  if (begun.commit !== undefined && begun.commit !== commit) {
    throw new SitepodError("conflict", "This import was committed with other releases. Begin it again.");
  }
  if (begun.state === "done") return describe(context, begun, request);
  const releases: ImportedRelease[] = [];
  const limits = await findLimits(context, begun.workspace_id);
  for (const release of request.releases) releases.push(await checkPod(context, begun, limits, release));
  const contents = contentsOfAll(releases);
  await requireImportRoom(context, begun, contents);
  await makeDurable(context, begun, releases);
  const committing = await enter(context, begun, "committing", commit);
  const access = isClosed(request) ? await makeAccess(context, undefined) : undefined;
  const site = await makeSite(context, committing, access);
  await addOwned(context, site.workspace_id, contents.sizes());
  await recordReleases(context, actor, site, releases);
  await settleReleases(context.db.query, site.workspace_id, releases.length);
  await point(context, actor, site, request, access);
  const data = { site, id, releases: releases.length };
  const wanted = { turn: begun.workspace_id, siteId: site.id, data };
  const { written } = await changeStore(context, actor, siteImport, wanted, () =>
    enter(context, committing, "done", commit),
  );
  for (const { release } of releases) context.encoder.add(release.manifest as Digest);
  return describe(context, written, request);
}

/** What all the releases have, each content once. */
function contentsOfAll(releases: readonly ImportedRelease[]): NewContents {
  const sizes = new DigestMap();
  for (const { release, pod } of releases) {
    const digest = release.manifest as Digest;
    for (const [content, size] of contentsOf({ digest, manifest: pod, base: undefined }).sizes()) {
      sizes.set(content, size);
    }
  }
  return { mostBytes: sizes.total(), sizes: () => sizes };
}

/** Throws as the plan of a deploy does, unless the site is half made already: then it is ended. */
async function requireImportRoom(
  context: Context,
  { state, workspace_id }: ImportRecord,
  contents: NewContents,
): Promise<void> {
  if (state !== "open") return;
  await context.disk.requireRoom(0);
  await requireStoredRoom(context, workspace_id, contents, async (ids) => {
    if (ids.includes(workspace_id)) await recountUsage(context, workspace_id);
  });
}

function requireConsistent({ releases, environments }: Api.ImportCommitRequest): void {
  const versions = new Set(releases.map(({ version }) => version));
  if (versions.size < releases.length) throw new SitepodError("invalid", "Two releases have the same number.");
  for (const [environment, pointer] of Object.entries(environments)) {
    if (pointer && !versions.has(pointer.version)) {
      throw new SitepodError("invalid", `${environment} points to a release that is not among those sent.`);
    }
  }
}

const isClosed = ({ environments, protected: isProtected }: Api.ImportCommitRequest): boolean =>
  isProtected || Object.values(environments).some((pointer) => pointer?.protected);

/** Makes blobs of all that was sent and is named. */
async function makeDurable(
  context: Context,
  record: ImportRecord,
  releases: readonly ImportedRelease[],
): Promise<void> {
  const sizes = new DigestMap();
  for (const { pod } of releases) for (const { digest, size } of pod.entries()) sizes.set(digest, size);
  const { uploads, blobs } = context.store;
  if (record.state === "open") {
    const staged = await uploads.staged(record.id);
    let missing = 0;
    for (const digest of sizes.digests) if (!staged.has(digest)) missing++;
    if (missing > 0) {
      throw new SitepodError("conflict", `${missing} of ${sizes.size} contents have not been sent. Import it again.`);
    }
  }
  const named = DigestSet.of(Iterator.from(sizes.digests));
  for (const { release } of releases) named.add(release.manifest as Digest);
  await waitWhileCondemned(context, named);
  await uploads.commit(record.id, named);
  await inParallel(sizes, PARALLEL_CHECKS, async ([digest, size]) => {
    if ((await blobs.size(digest)) === size) return;
    throw new SitepodError(
      "invalid",
      `The content ${digest} has another length than a manifest says. Export it again.`,
    );
  });
}

async function enter(
  context: Context,
  record: ImportRecord,
  state: ImportRecord["state"],
  commit: Digest,
): Promise<ImportRecord> {
  if (record.state === state) return record;
  const next = { ...record, state, commit, expires_at: new Date(context.nowMs() + COMMIT_LIFE_MS).toISOString() };
  await writeImport(context, record, next);
  return next;
}

async function makeSite(context: Context, record: ImportRecord, access: Access | undefined): Promise<Site> {
  const { project, site_id, workspace_id } = record;
  const created_at = nowIso(context);
  const claim = { label: project, site: project, site_id, workspace_id, created_at, ...(access && { access }) };
  if (!(await context.records.createClaim(claim))) {
    const held = await context.records.readClaim(project);
    if (held?.site_id !== site_id) {
      const { commit: _, ...open } = record;
      await writeImport(context, record, { ...open, state: "open" });
      throw new SitepodError(
        "forbidden",
        `The name ${JSON.stringify(project)} was taken meanwhile. Choose another name.`,
      );
    }
  }
  const site = { id: site_id, workspace_id, name: project, label: project, created_at, updated_at: created_at };
  await context.db.query
    .insertInto("sites")
    .values(site)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return site;
}

async function recordReleases(
  context: Context,
  actor: Actor,
  site: Site,
  releases: readonly ImportedRelease[],
): Promise<void> {
  const now = nowIso(context);
  for (const { release, pod } of releases) {
    const manifest = release.manifest as Digest;
    const record: ReleaseRecord = {
      version: release.version,
      site: site.name,
      site_id: site.id,
      workspace_id: site.workspace_id,
      image: imageId(site.id, manifest, context.hash),
      manifest,
      files_count: pod.fileCount,
      total_size: totalSize(pod.entries()),
      created_at: release.created_at,
      created_by: actor.userId,
      trigger: release.trigger,
      ...(release.message ? { message: release.message } : {}),
      ...(release.git ? { git: release.git } : {}),
    };
    // Garbage collection that has begun before sees by it that the pod is named now.
    await context.db.query
      .insertInto("uploads")
      .values({
        id: newId(context, "plan", 24),
        site_id: site.id,
        workspace_id: site.workspace_id,
        user_id: actor.userId,
        manifest,
        git_commit: null,
        git_branch: null,
        git_message: null,
        created_at: now,
        expires_at: now,
        version: release.version,
      })
      .execute();
    await context.records.createRelease(site.label, record);
    await insertRelease(context.db.query, record);
  }
}

async function point(
  context: Context,
  actor: Actor,
  site: Site,
  { environments, releases }: Api.ImportCommitRequest,
  access: Access | undefined,
): Promise<void> {
  for (const [name, pointer] of Object.entries(environments)) {
    const environment = name as Environment;
    const release = releases.find(({ version }) => version === pointer?.version);
    if (!pointer || !release) continue;
    const manifest = release.manifest as Digest;
    const target = {
      site: site.name,
      environment,
      release: release.version,
      image: imageId(site.id, manifest, context.hash),
      manifest,
      ...(pointer.protected && access ? { access } : {}),
    };
    const { ref } = await context.records.moveRef(
      site.label,
      environment,
      (current) => current ?? moveRef(undefined, target, context.nowMs(), context.settings.survivalMs),
    );
    await context.db.query
      .insertInto("deployments")
      .values({
        site_id: site.id,
        environment,
        version: release.version,
        previous_version: null,
        ref_version: ref.version,
        action: "release",
        user_id: actor.userId,
        at: nowIso(context),
      })
      .execute();
  }
}

function describe(
  context: Context,
  { project }: ImportRecord,
  { releases, environments }: Api.ImportCommitRequest,
): Api.ImportCommitted {
  return {
    project,
    releases: releases.length,
    environments: Object.entries(environments).flatMap(([environment, pointer]) =>
      pointer
        ? {
            environment: environment as Environment,
            version: formatVersion(pointer.version),
            url: context.addresses.site(project, environment as Environment),
            is_protected: pointer.protected,
          }
        : [],
    ),
  };
}
