import type { Kysely } from "kysely";
import type { Schema } from "#db";
import { type Digest, SitepodError } from "#model";
import { findLeases, type StoredBlob } from "#store";
import { type Context, nowIso } from "../context.ts";
import { absolve, condemn } from "./condemned-blobs.ts";
import { listUploads, namedByUpload } from "./uploads-under-way.ts";

export interface Collected {
  readonly referenced_blobs: number;
  readonly total_blobs: number;
  readonly deleted_blobs: number;
  readonly freed_bytes: number;
  readonly errors: string[];
}

/** So many blobs are removed side by side; then the deploys that wait go on. */
const BLOBS_AT_ONCE = 64;

/**
 * Whose turn it is reads all records, or ends what moves them from one label to another: who reads sees them at one of
 * both.
 */
export const RECORDS_TURN = "records";

/**
 * Removes the blobs that no ref, survivor, preview, release or upload under way names. Where any of those cannot be
 * read, nothing is removed. Deploys wait for a few blobs at a time only: those that began in between have their say.
 * Throws SitepodError `conflict` where somebody relies on all that is there now, such as a backup; one that begins
 * meanwhile ends the removing.
 */
export async function collectGarbage(context: Context): Promise<Collected> {
  const { documents } = context.store;
  const findHolder = async () => (await findLeases(documents, context))[0]?.purpose;
  const holder = await findHolder();
  if (holder !== undefined) {
    throw new SitepodError(
      "conflict",
      `A ${holder} is under way, which holds all contents. Try again when it has ended.`,
    );
  }
  const named = new NamedContents(context);
  await context.inTurn(RECORDS_TURN, () => named.readAll());
  const errors: string[] = [];
  let total = 0;
  let totalBytes = 0;
  let deleted = 0;
  let freed = 0;

  /** Returns false where nothing more may be removed now. */
  const remove = async (blobs: readonly StoredBlob[]) => {
    // Alone: no deploy can be told "you have this already" while it is being removed.
    return await context.contentGate.alone(async () => {
      const began = await findHolder();
      if (began !== undefined) {
        errors.push(`a ${began} began meanwhile: what is left is removed the next time`);
        return false;
      }
      // Most are read before: while the blobs are condemned, no deploy begins.
      await named.readUploads();
      const { garbage, assertMayRemove } = await condemn(context, blobs, async (query) => {
        await named.readUploads(query);
        return (blob) => !named.has(blob.digest);
      });
      const removals = await Promise.all(garbage.map((blob) => removeBlob(context, blob, assertMayRemove)));
      const over = removals.filter(({ isOver }) => isOver);
      await absolve(
        context,
        over.map(({ digest }) => digest),
      );
      for (const { freedBytes, error } of removals) {
        deleted += freedBytes === undefined ? 0 : 1;
        freed += freedBytes ?? 0;
        if (error === undefined) continue;
        context.log("A blob could not be removed", error);
        errors.push("a blob could not be removed; see the server's log");
      }
      return true;
    });
  };

  let unnamed: StoredBlob[] = [];
  let mayRemove = true;
  for await (const blob of context.store.blobs.list()) {
    total++;
    totalBytes += blob.size;
    if (mayRemove && !named.has(blob.digest)) unnamed.push(blob);
    if (unnamed.length < BLOBS_AT_ONCE) continue;
    mayRemove = await remove(unnamed);
    unnamed = [];
  }
  if (mayRemove && unnamed.length > 0) await remove(unnamed);
  if (errors.length === 0) {
    context.activity.collected(context.nowMs(), { blobs: total - deleted, bytes: totalBytes - freed });
  }
  return { referenced_blobs: named.size, total_blobs: total, deleted_blobs: deleted, freed_bytes: freed, errors };
}

interface Removal {
  readonly digest: Digest;
  /** Undefined where the blob is there still, or was gone already. */
  readonly freedBytes?: number;
  /** False where nobody knows whether the store will remove the blob yet. */
  readonly isOver: boolean;
  readonly error?: unknown;
}

async function removeBlob(
  { store }: Context,
  { digest, size }: StoredBlob,
  assertMayRemove: () => void,
): Promise<Removal> {
  let isOver = true;
  try {
    assertMayRemove();
    await store.encodings.remove(digest);
    assertMayRemove();
    isOver = false;
    return { digest, isOver: true, ...((await store.blobs.remove(digest)) && { freedBytes: size }) };
  } catch (error) {
    return { digest, isOver, error };
  }
}

/** The contents that something names. It only grows: what stops being named meanwhile goes the next time. */
class NamedContents {
  readonly #context: Context;
  readonly #startedAt: string;
  readonly #digests = new Set<Digest>();
  readonly #readUploads = new Set<Digest>();

  constructor(context: Context) {
    this.#context = context;
    this.#startedAt = nowIso(context);
  }

  get size(): number {
    return this.#digests.size;
  }

  has(digest: Digest): boolean {
    return this.#digests.has(digest);
  }

  /** Uploads come first: one that is committed meanwhile is a release, or was seen as an upload. */
  async readAll(): Promise<void> {
    await this.readUploads();
    const manifests = new Set<Digest>();
    for await (const manifest of namedManifests(this.#context)) manifests.add(manifest);
    for (const digest of manifests) {
      const manifest = await this.#context.readManifest(digest);
      if (!manifest) throw new Error(`Manifest ${digest} is named and cannot be read: nothing was collected`);
      this.#digests.add(digest);
      for (const entry of manifest.entries()) this.#digests.add(entry.digest);
    }
  }

  /** Adds what is named by uploads under way, and by those that were begun and committed since the start. */
  async readUploads(query: Kysely<Schema> = this.#context.db.query): Promise<void> {
    for (const upload of await listUploads(query, nowIso(this.#context), this.#startedAt)) {
      if (this.#readUploads.has(upload.manifest)) continue;
      for (const digest of await namedByUpload(this.#context, upload)) {
        this.#digests.add(digest);
        this.#readUploads.add(upload.manifest);
      }
    }
  }
}

/** Every manifest that something served, kept or promised names. The files of the store decide, not the database. */
export async function* namedManifests({ records }: Pick<Context, "records">): AsyncGenerator<Digest> {
  for await (const { ref } of records.refs()) {
    yield ref.manifest;
    for (const survivor of ref.survivors) yield survivor.manifest;
  }
  for await (const { record } of records.releases()) yield record.manifest;
  for await (const { preview } of records.previews()) yield preview.manifest;
}
