import { LRUCache } from "lru-cache";
import { type Digest, type GitSource, type Manifest, mayAs, openManifest, parseDigest, SitepodError } from "#model";
import { DigestMap } from "#store";
import { parseBatch, PART_BYTES } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { isWithin, requirePermission, siteStanding, standingOf } from "../identity/standing.ts";
import { isLive } from "./is-live.ts";
import type { ReceivedLines } from "./received-lines.ts";
import { sentence } from "./sites.ts";

export interface Upload {
  readonly id: string;
  readonly siteId: string;
  readonly workspaceId: string;
  readonly manifest: Digest;
  /** The pod of a release that it builds on. */
  readonly base: Digest | null;
  /** Whether another plan was to follow, which is the one to commit. */
  readonly isPartial: boolean;
  readonly git: GitSource;
  /** The release it became, where it is committed. */
  readonly version: number | null;
}

/**
 * Finds an upload of the actor, who must still be one to deploy that site. Throws SitepodError `not_found`, `gone` where it
 * has expired or the site is in the bin, `forbidden`.
 */
export async function findUpload(context: Context, actor: Actor, id: string): Promise<Upload> {
  const row = await context.db.query
    .selectFrom("uploads")
    .innerJoin("sites", "sites.id", "uploads.site_id")
    .where("uploads.id", "=", id)
    .selectAll("uploads")
    .select(["sites.name as site_name", isLive.as("is_live")])
    .select(siteStanding(actor))
    .executeTakeFirst();
  const isOwn = row?.user_id === actor.userId && (actor.siteId === null || actor.siteId === row.site_id);
  const standing = row && standingOf(actor, row);
  if (!standing || !isOwn || !isWithin(actor, row.workspace_id) || !mayAs(standing, "site:read")) {
    throw new SitepodError("not_found", "There is no such plan. Begin the deploy again.");
  }
  requirePermission(standing, actor.needs, row.site_name);
  if (!row.is_live) {
    throw new SitepodError(
      "gone",
      `${row.site_name} was deleted meanwhile. Restore it with sitepod restore, then deploy again.`,
    );
  }
  if (row.version === null && row.expires_at <= nowIso(context)) {
    throw new SitepodError(
      "gone",
      "This plan has expired. Begin the deploy again: what was uploaded is not sent twice.",
    );
  }
  return {
    id: row.id,
    siteId: row.site_id,
    workspaceId: row.workspace_id,
    manifest: row.manifest as Digest,
    base: row.base as Digest | null,
    isPartial: row.is_partial === 1,
    git: {
      ...(row.git_commit === null ? {} : { commit: row.git_commit }),
      ...(row.git_branch === null ? {} : { branch: row.git_branch }),
      ...(row.git_message === null ? {} : { message: row.git_message }),
      ...(row.git_time === null ? {} : { time: row.git_time }),
    },
    version: row.version,
  };
}

/** What an upload may send, and the bytes of each. */
type Expected = DigestMap;

/** Contents that are expected of uploads and kept at hand, of all uploads together: some 60 bytes each. */
const MAX_EXPECTED = 500_000;

export interface Receiver {
  /**
   * Stores one content of an upload. Throws SitepodError: `not_found`, `gone`, `invalid` where the hash is not in the
   * plan or the bytes are not what it names, `storage_full` before anything is written where the disk has no room.
   */
  one(
    actor: Actor,
    uploadId: string,
    hash: string,
    lengthBytes: number | undefined,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ hash: Digest; size: number }>;
  /** Takes on a part of a large content, as the store does. Returns how many bytes of it are there. */
  part(
    actor: Actor,
    uploadId: string,
    hash: string,
    offset: number,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ received: number }>;
  /** Stores many small contents that came as one body. Returns how many. Throws as for one. */
  batch(actor: Actor, uploadId: string, body: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Lets go of what an upload expects: it is being committed. */
  forget(uploadId: string): void;
}

/** Receives the contents of uploads. Keeps what the uploads under way expect at hand: each file may be one request. */
export function createReceiver(context: Context, received: ReceivedLines): Receiver {
  const expected = new LRUCache<string, Expected>({
    maxSize: MAX_EXPECTED,
    // The largest pod is kept, too, though it be alone.
    sizeCalculation: ({ size }) => Math.min(Math.max(size, 1), MAX_EXPECTED),
  });

  async function expectedOf(upload: Upload): Promise<Expected> {
    const known = expected.get(upload.id);
    if (known) return known;
    const manifest = await readUploadManifest(context, upload);
    // What the base has is not asked for.
    const base = upload.base === null ? undefined : await context.readManifest(upload.base);
    const sizes = new DigestMap(base ? undefined : manifest.fileCount);
    for (const { digest, size } of manifest.contents(base)) sizes.set(digest, size);
    expected.set(upload.id, sizes);
    return sizes;
  }

  return {
    async one(actor, uploadId, hash, lengthBytes, body) {
      const upload = await findUpload(context, actor, uploadId);
      const digest = parseDigest(hash);
      const size = requireExpected(await expectedOf(upload), digest);
      requireLength(size, lengthBytes);
      await context.disk.requireRoom(size);
      await context.store.uploads.stage(upload.workspaceId, digest!, size, body);
      received.add(upload.id, size, 1);
      return { hash: digest!, size };
    },
    async part(actor, uploadId, hash, offset, body) {
      const upload = await findUpload(context, actor, uploadId);
      const digest = parseDigest(hash);
      const size = requireExpected(await expectedOf(upload), digest);
      const { uploads } = context.store;
      if (!uploads.stagePart) {
        throw new SitepodError("invalid", "This server takes each content in one piece. Leave the part out.");
      }
      await context.disk.requireRoom(Math.min(PART_BYTES, Math.max(0, size - offset)));
      const there = await uploads.stagePart(upload.workspaceId, digest!, size, offset, body);
      received.add(upload.id, Math.max(there - offset, 0), there === size && offset < size ? 1 : 0);
      return { received: there };
    },
    async batch(actor, uploadId, body) {
      const upload = await findUpload(context, actor, uploadId);
      const batch = parseBatch(body);
      if (!batch.ok) throw new SitepodError("invalid", `${sentence(batch.fault)}.`);
      const sizes = await expectedOf(upload);
      for (const { digest, bytes } of batch.value) requireLength(requireExpected(sizes, digest), bytes.length);
      await context.disk.requireRoom(body.length);
      await context.store.uploads.stageAll(upload.workspaceId, batch.value);
      const bytes = batch.value.reduce((sum, content) => sum + content.bytes.length, 0);
      received.add(upload.id, bytes, batch.value.length);
      return batch.value.length;
    },
    forget: (uploadId) => void expected.delete(uploadId),
  };
}

/** Returns the size that the plan names. Throws SitepodError `invalid` where the hash is not in the plan. */
function requireExpected(sizes: Expected, digest: Digest | undefined): number {
  const size = digest && sizes.get(digest);
  if (size !== undefined) return size;
  throw new SitepodError("invalid", "The hash is not in this plan. Upload only what the plan lists as missing.");
}

/** Throws SitepodError `invalid` where the length is another than the plan's. */
function requireLength(size: number, lengthBytes: number | undefined): void {
  if (lengthBytes === undefined) throw new SitepodError("invalid", "The request needs a Content-Length.");
  if (lengthBytes !== size) {
    throw new SitepodError("invalid", `The body has ${lengthBytes} bytes and the plan names ${size}. Deploy again.`);
  }
}

/** Reads the manifest that an upload will become. Throws SitepodError `gone` where it is lost. */
export async function readUploadManifest(context: Context, upload: Upload): Promise<Manifest> {
  const manifest = await findUploadManifest(context, upload.workspaceId, upload.manifest);
  if (!manifest) throw new SitepodError("gone", "This plan is no longer there. Begin the deploy again.");
  return manifest;
}

/** Finds a manifest that is staged with the contents that it names, or a blob already. */
export async function findUploadManifest(
  context: Context,
  workspaceId: string,
  digest: Digest,
): Promise<Manifest | undefined> {
  const bytes = (await context.store.uploads.bytes(workspaceId, digest)) ?? (await context.store.blobs.bytes(digest));
  return bytes && openManifest(bytes);
}

/** Whole content as a body of one chunk. */
export async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
