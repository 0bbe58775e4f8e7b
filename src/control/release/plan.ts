import { setImmediate } from "node:timers/promises";
import type { Insertable } from "kysely";
import type { UploadTable } from "#db";
import {
  type Digest,
  encodeManifest,
  type Entry,
  findPathCollisions,
  type Manifest,
  openManifest,
  parseDigest,
  parsePodPath,
  type PodPath,
  SitepodError,
  totalSize,
} from "#model";
import { giveBack } from "#store";
import { type Api, mediaType, PART_BYTES, UNKNOWN_MEDIA_TYPE } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { findLimits, type Limits, requireFewBytes, requireFewFiles, requireWithinLimits } from "../quota/limits.ts";
import { contentsOf, recountInTurn, requireDiskRoomFor, requireStoredRoom } from "../quota/require-room.ts";
import { beginDeploy } from "./deploys.ts";
import { collectAfterStep } from "./large-pod.ts";
import { findOwned } from "./ownership.ts";
import { findPlanBase, type PlanBase } from "./plan-base.ts";
import { chunksOf } from "./upload.ts";
import { ensureSite, sentence, type Site } from "./sites.ts";

/** A deploy that has not been committed after this long is forgotten. */
export const UPLOAD_LIFE_MS = 24 * 60 * 60 * 1000;
/** So many URLs are signed, some tens of milliseconds of nothing but computing, before others have their turn. */
const PRESIGNED_AT_ONCE = 100;
/** So many faults are told of one request. */
const MAX_FAULTS = 100;

/**
 * Begins a deploy: checks the list of files, decides what the pod will be, and answers which contents are missing.
 * Nothing is served, and nothing but the list is stored, before the commit. `uploadBase` is the origin that the client
 * reaches this server by.
 */
export async function planUpload(
  context: Context,
  actor: Actor,
  request: Api.PlanRequest,
  uploadBase = context.addresses.console,
): Promise<Api.PlanResponse> {
  const entries = parseFiles(context, request);
  // The site too: one that is being deleted is whole before or gone after.
  return await context.contentGate.shared(async () => {
    let pod: PlannedPod | undefined;
    const site = await ensureSite(context, actor, request.project, async (workspaceId) => {
      pod = await planPod(context, workspaceId, request, entries, undefined);
    });
    const base =
      request.base === undefined ? undefined : await findPlanBase(context, actor, site, parseDigest(request.base)!);
    pod ??= await planPod(context, site.workspace_id, request, entries, base);
    const { bytes, digest: contentHash } = pod;
    await context.store.uploads.stage(site.workspace_id, contentHash, bytes.length, chunksOf(bytes));
    const id = newId(context, "plan", 24);
    const expiresAt = new Date(context.nowMs() + UPLOAD_LIFE_MS).toISOString();
    const upload = {
      id,
      site_id: site.id,
      workspace_id: site.workspace_id,
      user_id: actor.userId,
      manifest: contentHash,
      git_commit: request.git?.commit ?? null,
      git_branch: request.git?.branch ?? null,
      git_message: request.git?.message ?? null,
      git_time: request.git?.time ?? null,
      base: base?.released ?? null,
      is_partial: request.more ? 1 : 0,
      created_at: nowIso(context),
      expires_at: expiresAt,
      version: null,
    };
    const { missing, resumed, fresh } = await beginUpload(context, upload, entries);
    const missingHashes = new Set(missing.map(({ digest }) => digest));
    const uploadUrl = `${uploadBase}/api/v1/upload/${id}`;
    const presigned = await presign(context, site, request, missing);
    if (!request.more) {
      const { fileCount, totalSize: podSize } = openManifest(bytes)!;
      // Of a plan that was told in parts, only what the last one says is at hand here.
      const isWhole = base === undefined || base.isChecked;
      await beginDeploy(context, actor, {
        id,
        site,
        files: fileCount,
        bytes: podSize,
        missing: { files: missing.length, bytes: totalSize(missing) },
        fresh: isWhole ? countFresh(entries, fresh) : undefined,
      });
    }
    const { byteLength } = bytes;
    giveBack(bytes);
    collectAfterStep({ byteLength });
    return {
      plan_id: id,
      content_hash: contentHash,
      upload_mode: presigned ? "presigned" : "direct",
      ...(request.compact && !presigned
        ? { missing: [], missing_files: placesOf(entries, missing) }
        : {
            missing: missing.map(({ path, digest, size }) => ({
              path,
              hash: digest,
              size,
              upload_url: presigned?.get(digest) ?? `${uploadUrl}/${digest}`,
            })),
          }),
      reusable: entries.filter(({ digest }) => !missingHashes.has(digest)).length,
      ...(resumed.files > 0 ? { resumed } : {}),
      ...(presigned ? {} : { batch_upload_url: uploadUrl, batch_encodings: ["gzip"] }),
      ...(presigned || !context.store.uploads.stagePart ? {} : { part_size: PART_BYTES }),
      expires_at: expiresAt,
    };
  });
}

interface PlannedPod {
  readonly digest: Digest;
  /** Its manifest. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Decides what the pod of a plan will be. Throws SitepodError: `invalid`, and before anything is written `too_large` where
 * the workspace may not have it, `storage_full` where there is no room for it.
 */
async function planPod(
  context: Context,
  workspaceId: string,
  request: Api.PlanRequest,
  entries: readonly Entry[],
  base: PlanBase | undefined,
): Promise<PlannedPod> {
  const limits = await findLimits(context, workspaceId);
  requireWithinLimits(limits, entries);
  const bytes = encodePod(limits, request, entries, base);
  const digest = context.hash(bytes);
  const released = base?.released ? await context.readManifest(base.released) : undefined;
  const pod = { digest, manifest: openManifest(bytes)!, base: released };
  await requireDiskRoomFor(context, workspaceId, pod);
  await requireStoredRoom(context, workspaceId, contentsOf(pod), recountInTurn(context));
  return { digest, bytes };
}

/** Encodes the pod that a plan describes. Throws SitepodError: `invalid`, `too_large` as `parseFiles` does, of all files. */
function encodePod(
  limits: Limits,
  request: Api.PlanRequest,
  entries: readonly Entry[],
  base: PlanBase | undefined,
): Uint8Array<ArrayBuffer> {
  if (!base) return encodeManifest(entries, request.settings);
  const change = { put: entries, removed: request.removed ?? [], settings: request.settings ?? {} };
  const bytes = base.manifest.change(change);
  const pod = openManifest(bytes)!;
  requireFewFiles(limits, pod.fileCount);
  requireFewBytes(limits, pod.totalSize);
  if (pod.fileCount === 0)
    throw new SitepodError("invalid", "The plan leaves no file in the pod. Deploy at least one.");
  const mayCollide = !base.isChecked || entries.some(({ path }) => !base.manifest.find(path));
  if (mayCollide && !request.more) {
    requireNoFaults(findPathCollisions(pathsOf(pod), request.allow_case_collisions ?? false));
  }
  return bytes;
}

/** The paths of a pod, as often as they are asked for. */
const pathsOf = (pod: Manifest): Iterable<PodPath> => ({
  [Symbol.iterator]: () => pod.paths(),
});

/** Where in the list of files each of the missing ones is. */
function placesOf(entries: readonly Entry[], missing: readonly Entry[]): number[] {
  const wanted = new Set(missing);
  return [...entries.keys()].filter((place) => wanted.has(entries[place]!));
}

/** Makes a URL for each missing content, where clients send to the bucket itself. */
async function presign(
  context: Context,
  site: Site,
  request: Api.PlanRequest,
  missing: readonly Entry[],
): Promise<Map<Digest, string> | undefined> {
  const { store } = context;
  if (!store.presign) return undefined;
  const sha256 = new Map(request.files.map((file) => [file.blake3, file.sha256]));
  const urls = new Map<Digest, string>();
  for (const { digest, size, path } of missing) {
    const checksum = sha256.get(digest);
    if (checksum === undefined) {
      throw new SitepodError("invalid", `${JSON.stringify(path)} has no sha256, which this server's uploads need.`);
    }
    urls.set(digest, await store.presign(site.workspace_id, digest, size, checksum));
    if (urls.size % PRESIGNED_AT_ONCE === 0) await setImmediate();
  }
  return urls;
}

/** Parses the files of a plan. Throws SitepodError: `invalid` with every fault at once, `too_large` over a limit. */
function parseFiles(context: Context, request: Api.PlanRequest): Entry[] {
  if (request.files.length === 0 && request.base === undefined) {
    throw new SitepodError("invalid", "The request is not valid: body/files: a plan without a base needs a file.");
  }
  requireWithinLimits(context.settings, request.files);
  const faults: string[] = [];
  const paths: PodPath[] = [];
  const sizes = new Map<string, number>();
  const entries = request.files.map((file): Entry => {
    const path = parsePodPath(file.path);
    if (path.ok) paths.push(path.value);
    else faults.push(path.fault);
    const known = sizes.get(file.blake3);
    if (known !== undefined && known !== file.size) {
      faults.push(`path ${JSON.stringify(file.path)} has the hash of another file and another size`);
    }
    sizes.set(file.blake3, file.size);
    return {
      path: file.path,
      digest: parseDigest(file.blake3)!,
      size: file.size,
      type: typeOf(file),
    };
  });
  faults.push(...findPathCollisions(paths.sort(), request.allow_case_collisions ?? false));
  requireNoFaults(faults);
  return entries;
}

function requireNoFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const first = sentence(faults[0]!);
  const more = faults.length === 1 ? "" : ` There are ${faults.length - 1} more faults.`;
  throw new SitepodError("invalid", `${first}.${more}`, { faults: faults.slice(0, MAX_FAULTS) });
}

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+(?:; ?charset=[a-z0-9_-]+)?$/i;

export const isMediaType = (text: string): boolean => MEDIA_TYPE.test(text);

/** The name decides the type; where it says nothing, the client's word counts if it is one. */
function typeOf(file: Api.PlanFile): string {
  const type = mediaType(file.path);
  const told = file.content_type;
  return type === UNKNOWN_MEDIA_TYPE && told !== undefined && isMediaType(told) ? told : type;
}

interface Missing {
  /** The entries whose content the workspace has neither uploaded before nor is uploading now, one a content. */
  readonly missing: readonly Entry[];
  /** What it is uploading now. */
  readonly resumed: { readonly files: number; readonly bytes: number };
  /** Contents that the workspace had not uploaded before: those that are missing, and those that it is uploading. */
  readonly fresh: ReadonlySet<Digest>;
}

/** How many files have a fresh content, and the bytes of these contents, each once. */
function countFresh(entries: readonly Entry[], fresh: ReadonlySet<Digest>): { files: number; bytes: number } {
  const sizes = new Map(entries.map(({ digest, size }) => [digest, size]));
  const bytes = [...fresh].reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
  return { files: entries.filter(({ digest }) => fresh.has(digest)).length, bytes };
}

/**
 * Enters an upload, and finds what it has to send. What it is told to have already, garbage collection keeps: that sees
 * the upload, or took the content before.
 */
async function beginUpload(
  context: Context,
  upload: Insertable<UploadTable>,
  entries: readonly Entry[],
): Promise<Missing> {
  const { db, store } = context;
  const byDigest = new Map<Digest, Entry>();
  for (const entry of entries) if (!byDigest.has(entry.digest)) byDigest.set(entry.digest, entry);
  const owned = await db.query.transaction().execute(async (query) => {
    await db.fenceContents(query, "shared");
    await query.insertInto("uploads").values(upload).execute();
    return await findOwned(query, upload.workspace_id, byDigest.keys());
  });
  for (const digest of owned) byDigest.delete(digest);
  const fresh = new Set(byDigest.keys());
  const resumed = { files: 0, bytes: 0 };
  const staged = await store.uploads.staged(upload.workspace_id);
  for (const [digest, { size }] of byDigest) {
    if (!staged.has(digest)) continue;
    resumed.files++;
    resumed.bytes += size;
    byDigest.delete(digest);
  }
  return { missing: [...byDigest.values()], resumed, fresh };
}
