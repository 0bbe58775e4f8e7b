import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Digest } from "#model";
import { type Context, nowIso } from "../context.ts";

/** SQLite allows 32,766 parameters a statement; fewer keep a statement small. */
export const ROWS_PER_STATEMENT = 500;

/** Returns those of `digests` that the workspace has uploaded. */
export async function findOwned(
  query: Kysely<Schema>,
  workspaceId: string,
  digests: Iterable<Digest>,
): Promise<Set<Digest>> {
  const owned = new Set<Digest>();
  for (const some of inChunks([...digests], ROWS_PER_STATEMENT)) {
    const rows = await query
      .selectFrom("workspace_blobs")
      .where("workspace_id", "=", workspaceId)
      .where("digest", "in", some)
      .select("digest")
      .execute();
    for (const row of rows) owned.add(row.digest as Digest);
  }
  return owned;
}

/** Notes that the workspace has uploaded these contents. */
export async function addOwned(
  context: Pick<Context, "db">,
  workspaceId: string,
  digests: Iterable<Digest>,
): Promise<void> {
  const all = [...digests];
  if (all.length === 0) return;
  await context.db.query.transaction().execute(async (query) => {
    for (const some of inChunks(all, ROWS_PER_STATEMENT)) {
      await query
        .insertInto("workspace_blobs")
        .values(some.map((digest) => ({ workspace_id: workspaceId, digest })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  });
}

/** Forgets that the workspace has uploaded these contents: they were lost. Releases from before are not relied on. */
export async function removeOwned(context: Context, workspaceId: string, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  await context.db.query.transaction().execute(async (query) => {
    for (const some of inChunks(digests, ROWS_PER_STATEMENT)) {
      await query
        .deleteFrom("workspace_blobs")
        .where("workspace_id", "=", workspaceId)
        .where("digest", "in", some)
        .execute();
    }
    await query
      .updateTable("workspaces")
      .set({ lost_at: nowIso(context) })
      .where("id", "=", workspaceId)
      .execute();
  });
}

export function* inChunks<T>(items: readonly T[], length: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += length) yield items.slice(i, i + length);
}
