import { setImmediate } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Digest, Manifest, Survivor } from "#model";
import type { Skip } from "#store";
import { type Context, nowIso } from "../context.ts";
import { listUploads, namedByUpload } from "./uploads-under-way.ts";

/** So many digests are taken note of before others have their turn: a millisecond or two. */
const DIGESTS_AT_ONCE = 5000;

/**
 * Whose turn it is reads all records, or ends what moves them from one label to another: who reads sees them at one of
 * both.
 */
export const RECORDS_TURN = "records";

/** What is not counted as named: what a collection would remove before. */
export interface Without {
  readonly release: (label: string, version: number) => boolean;
  readonly survivor: (survivor: Survivor) => boolean;
}

const WITHOUT_NOTHING: Without = { release: () => false, survivor: () => false };

/** The contents that something names. It only grows: what stops being named meanwhile goes the next time. */
export class NamedContents {
  readonly #context: Context;
  readonly #startedAt: string;
  readonly #digests = new Set<Digest>();
  readonly #readUploads = new Set<Digest>();
  #sinceYield = 0;

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
  async readAll(tell: () => Promise<void> = async () => {}, without?: Without): Promise<void> {
    await this.readUploads();
    const manifests = await this.#context.inTurn(RECORDS_TURN, async () => {
      const named = new Set<Digest>();
      for await (const manifest of namedManifests(this.#context, without)) {
        named.add(manifest);
        await tell();
      }
      return named;
    });
    for (const digest of manifests) {
      const manifest = await this.#context.readManifest(digest);
      if (!manifest) throw new Error(`Manifest ${digest} is named and cannot be read: nothing was collected`);
      this.#digests.add(digest);
      await this.#addContents(digestsOf(manifest));
      await tell();
    }
  }

  /** Adds what is named by uploads under way, and by those that were begun and committed since the start. */
  async readUploads(query: Kysely<Schema> = this.#context.db.query): Promise<void> {
    for (const upload of await listUploads(query, nowIso(this.#context), this.#startedAt)) {
      if (this.#readUploads.has(upload.manifest)) continue;
      const named = await namedByUpload(this.#context, upload);
      await this.#addContents(named);
      if (named.length > 0) this.#readUploads.add(upload.manifest);
    }
  }

  async #addContents(digests: Iterable<Digest>): Promise<void> {
    for (const digest of digests) {
      this.#digests.add(digest);
      if (++this.#sinceYield % DIGESTS_AT_ONCE === 0) await setImmediate();
    }
  }
}

function* digestsOf(manifest: Manifest): Generator<Digest> {
  for (const { digest } of manifest.entries()) yield digest;
}

/**
 * Every manifest that something served, kept or promised names. The files of the store decide, not the database. Throws where one
 * cannot be read, unless `skip` is to be told why.
 */
export async function* namedManifests(
  { records }: Pick<Context, "records">,
  without: Without = WITHOUT_NOTHING,
  skip?: Skip,
): AsyncGenerator<Digest> {
  for await (const { ref } of records.refs(skip)) {
    yield ref.manifest;
    for (const survivor of ref.survivors) if (!without.survivor(survivor)) yield survivor.manifest;
  }
  for await (const { label, record } of records.releases(skip)) {
    if (!without.release(label, record.version)) yield record.manifest;
  }
  for await (const { preview } of records.previews(undefined, skip)) yield preview.manifest;
}
