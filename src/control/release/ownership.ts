import type { Kysely } from "kysely";
import type { Schema } from "#db";
import type { Digest } from "#model";
import { type DigestMap, DigestSet } from "#store";
import { type Context, nowIso } from "../context.ts";
import { countUsage } from "../quota/count-usage.ts";
import { FILES_PER_STEP } from "./large-pod.ts";

/** SQLite allows 32,766 parameters a statement; fewer keep a statement small. */
export const ROWS_PER_STATEMENT = 500;

/** Returns those of `digests` that the workspace has uploaded. */
export const findOwned = (query: Kysely<Schema>, workspaceId: string, digests: Iterable<Digest>): Promise<DigestSet> =>
  findAmong(query, workspaceId, digests, 0);

/** Returns those of `digests` that a release of the workspace has. */
export const findHeld = (query: Kysely<Schema>, workspaceId: string, digests: Iterable<Digest>): Promise<DigestSet> =>
  findAmong(query, workspaceId, digests, 1);

async function findAmong(
  query: Kysely<Schema>,
  workspaceId: string,
  digests: Iterable<Digest>,
  leastHeld: 0 | 1,
): Promise<DigestSet> {
  const found = new DigestSet();
  for (const some of inChunks(digests, ROWS_PER_STATEMENT)) {
    const rows = await query
      .selectFrom("workspace_blobs")
      .where("workspace_id", "=", workspaceId)
      .where("digest", "in", some)
      .where("is_held", ">=", leastHeld)
      .select("digest")
      .execute();
    for (const row of rows) found.add(row.digest as Digest);
  }
  return found;
}

/**
 * Notes that the workspace has uploaded these contents, given with their sizes, and counts those that no release of it
 * had. Their release is entered next: until `settleReleases` has, the count is in doubt. `afterStep` is called now and then.
 */
export async function addOwned(
  context: Pick<Context, "db">,
  workspaceId: string,
  contents: DigestMap,
  afterStep: () => void = () => {},
): Promise<void> {
  await context.db.query.transaction().execute(async (query) => {
    let [storedBytes, noted] = [0, 0];
    for (const some of inChunks(contents.digests.sorted(), ROWS_PER_STATEMENT)) {
      const rows = await query
        .insertInto("workspace_blobs")
        .values(some.map((digest) => ({ workspace_id: workspaceId, digest, is_held: 1 })))
        .onConflict((conflict) =>
          conflict
            .columns(["workspace_id", "digest"])
            .doUpdateSet({ is_held: 1 })
            .where("workspace_blobs.is_held", "=", 0),
        )
        .returning("digest")
        .execute();
      for (const { digest } of rows) storedBytes += contents.get(digest as Digest)!;
      noted += some.length;
      if (noted % FILES_PER_STEP < some.length) afterStep();
    }
    await countUsage(query, workspaceId, { storedBytes, releases: 0, doubts: 1 });
  });
}

/** Says that the contents of `addOwned` have become so many releases. To be called in the transaction that enters them. */
export const settleReleases = (query: Kysely<Schema>, workspaceId: string, releases: number): Promise<void> =>
  countUsage(query, workspaceId, { storedBytes: 0, releases, doubts: -1 });

/** Forgets that the workspace has uploaded these contents: they were lost. Releases from before are not relied on. */
export async function removeOwned(context: Context, workspaceId: string, digests: DigestSet): Promise<void> {
  if (digests.size === 0) return;
  await context.db.query.transaction().execute(async (query) => {
    for (const some of inChunks(digests, ROWS_PER_STATEMENT)) {
      await query
        .deleteFrom("workspace_blobs")
        .where("workspace_id", "=", workspaceId)
        .where("digest", "in", some)
        .execute();
    }
    // Some were counted, and will be once more when they are sent again.
    await countUsage(query, workspaceId, { storedBytes: 0, releases: 0, doubts: 1 });
    await query
      .updateTable("workspaces")
      .set({ lost_at: nowIso(context) })
      .where("id", "=", workspaceId)
      .execute();
  });
}

export function* inChunks<T>(items: Iterable<T>, length: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < length) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
