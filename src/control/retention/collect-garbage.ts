import type { Digest } from "#model";
import type { Context } from "../context.ts";
import { nowIso } from "../context.ts";
import { readUploadManifest } from "../release/upload.ts";

export interface Collected {
  readonly referenced_blobs: number;
  readonly total_blobs: number;
  readonly deleted_blobs: number;
  readonly freed_bytes: number;
  readonly errors: string[];
}

/**
 * Removes the blobs that no ref, survivor, preview, release or upload under way names. It runs alone: no deploy can be
 * told "you have this already" while it is being removed. Where any of those cannot be read, nothing is removed.
 */
export async function collectGarbage(context: Context): Promise<Collected> {
  return await context.contentGate.alone(async () => {
    const referenced = await findReferenced(context);
    let total = 0;
    let deleted = 0;
    let freed = 0;
    const errors: string[] = [];
    for await (const blob of context.store.blobs.list()) {
      total++;
      if (referenced.has(blob.digest)) continue;
      try {
        // The claim to it goes first: a workspace without the blob sends it again, one with a false claim cannot.
        await context.db.query.deleteFrom("workspace_blobs").where("digest", "=", blob.digest).execute();
        await context.store.encodings.remove(blob.digest);
        if (!(await context.store.blobs.remove(blob.digest))) continue;
        deleted++;
        freed += blob.size;
      } catch (error) {
        context.log(`Blob ${blob.digest} could not be removed`, error);
        errors.push("a blob could not be removed; see the server's log");
      }
    }
    return {
      referenced_blobs: referenced.size,
      total_blobs: total,
      deleted_blobs: deleted,
      freed_bytes: freed,
      errors,
    };
  });
}

async function findReferenced(context: Context): Promise<Set<Digest>> {
  const referenced = new Set<Digest>();
  const manifests = new Set<Digest>();
  for await (const manifest of namedManifests(context)) manifests.add(manifest);
  for (const digest of manifests) {
    const manifest = await context.readManifest(digest);
    if (!manifest) throw new Error(`Manifest ${digest} is named and cannot be read: nothing was collected`);
    referenced.add(digest);
    for (const entry of manifest.entries()) referenced.add(entry.digest);
  }
  const uploads = await context.db.query
    .selectFrom("uploads")
    .where("version", "is", null)
    .where("expires_at", ">", nowIso(context))
    .selectAll()
    .execute();
  for (const row of uploads) {
    const upload = {
      id: row.id,
      siteId: row.site_id,
      workspaceId: row.workspace_id,
      manifest: row.manifest as Digest,
      git: {},
      version: null,
    };
    const manifest = await readUploadManifest(context, upload);
    // A commit that was cut off has made a blob of it already.
    referenced.add(upload.manifest);
    for (const entry of manifest.entries()) referenced.add(entry.digest);
  }
  return referenced;
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
