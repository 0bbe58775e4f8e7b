import type { Kysely } from "kysely";
import type { Schema } from "#db";

interface Counted {
  /** Bytes of contents that no release of the workspace had before. */
  readonly storedBytes: number;
  readonly releases: number;
  /** Above 0 while contents are counted and no release has them yet. */
  readonly doubts: number;
}

/** Adds to what a workspace is known to hold, in the transaction that changes it. */
export async function countUsage(query: Kysely<Schema>, workspaceId: string, added: Counted): Promise<void> {
  const { storedBytes: stored_size, releases, doubts } = added;
  await query
    .insertInto("workspace_usage")
    .values({ workspace_id: workspaceId, stored_size, releases, doubts })
    .onConflict((conflict) =>
      conflict.column("workspace_id").doUpdateSet(({ eb, ref }) => ({
        stored_size: eb(ref("workspace_usage.stored_size"), "+", stored_size),
        releases: eb(ref("workspace_usage.releases"), "+", releases),
        doubts: eb(ref("workspace_usage.doubts"), "+", doubts),
      })),
    )
    .execute();
}
