import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Digest } from "#model";
import type { Context } from "../context.ts";
import { findUploadManifest } from "../release/upload.ts";

export interface ListedUpload {
  readonly workspaceId: string;
  readonly manifest: Digest;
}

/** Lists the uploads that can still be committed, and with `orBegunSince` those begun since then that are. Times are ISO 8601. */
export async function listUploads(query: Kysely<Schema>, now: string, orBegunSince?: string): Promise<ListedUpload[]> {
  const rows = await query
    .selectFrom("uploads")
    .where(({ and, or, eb }) =>
      or([
        and([eb("version", "is", null), eb("expires_at", ">", now)]),
        ...(orBegunSince === undefined ? [] : [eb("created_at", ">=", orBegunSince)]),
      ]),
    )
    .select(["workspace_id", "manifest"])
    .distinct()
    .execute();
  return rows.map((row) => ({ workspaceId: row.workspace_id, manifest: row.manifest as Digest }));
}

/** Returns an upload's manifest and all that it names; nothing where it is lost, as the upload cannot be committed then. */
export async function namedByUpload(context: Context, { workspaceId, manifest }: ListedUpload): Promise<Digest[]> {
  const found = await findUploadManifest(context, workspaceId, manifest);
  return found ? [manifest, ...Array.from(found.entries(), ({ digest }) => digest)] : [];
}
