import { setTimeout } from "node:timers/promises";
import type { Kysely } from "kysely";
import { assertHeld, type Schema, withoutHolds } from "#db";
import { type Digest, SitepodError } from "#model";
import type { StoredBlob } from "#store";
import { type Context, nowIso } from "../context.ts";
import { inChunks, ROWS_PER_STATEMENT } from "../release/ownership.ts";

/**
 * A blob that is to be removed is condemned first, in one transaction with the end of every claim to it. Once it is, a
 * deploy is asked to send the content anew; its commit then waits until the removal has happened, or cannot happen any
 * more. So it holds also where whoever removes it has lost its locks and does not know yet.
 */
const CONDEMNED_MS = 60_000;
/** No removal is begun later than this after its blob was condemned: the rest is for the store, and for clocks that differ. */
const REMOVAL_MS = 15_000;
const ASK_AGAIN_MS = 200;

export interface Condemned {
  readonly garbage: readonly StoredBlob[];
  /** Throws where it is too late to begin a removal, and where whoever would has lost its locks. */
  readonly assertMayRemove: () => void;
}

/**
 * Condemns those of `blobs` that are garbage: `judge` reads, in the same transaction, what decides that. No deploy begins
 * in between.
 */
export async function condemn(
  context: Context,
  blobs: readonly StoredBlob[],
  judge: (query: Kysely<Schema>) => Promise<(blob: StoredBlob) => boolean>,
): Promise<Condemned> {
  const { db, nowMs } = context;
  const begunMs = performance.now();
  const until = new Date(nowMs() + CONDEMNED_MS).toISOString();
  const garbage = await db.query.transaction().execute(async (query) => {
    await db.fenceContents(query, "alone");
    await query.deleteFrom("condemned_blobs").where("until", "<", nowIso(context)).execute();
    const garbage = blobs.filter(await judge(query));
    if (garbage.length === 0) return garbage;
    const digests = garbage.map(({ digest }) => digest);
    await query.deleteFrom("workspace_blobs").where("digest", "in", digests).execute();
    await query
      .insertInto("condemned_blobs")
      .values(digests.map((digest) => ({ digest, until })))
      .onConflict((conflict) => conflict.column("digest").doUpdateSet({ until }))
      .execute();
    return garbage;
  });
  return {
    garbage,
    assertMayRemove() {
      assertHeld();
      if (performance.now() - begunMs < REMOVAL_MS) return;
      throw new SitepodError("unavailable", "Removing took too long: the rest is left to the next time.");
    },
  };
}

/** Says that these have been removed, or are not going to be. */
export async function absolve({ db }: Context, digests: readonly Digest[]): Promise<void> {
  if (digests.length === 0) return;
  await withoutHolds(() => db.query.deleteFrom("condemned_blobs").where("digest", "in", digests).execute());
}

/** Waits until none of the contents is being removed: one that is stored before would be lost. */
export async function waitWhileCondemned(context: Context, digests: Iterable<Digest>): Promise<void> {
  if (!(await isAnyCondemned(context))) return;
  for (const some of inChunks(digests, ROWS_PER_STATEMENT)) {
    while (await isAnyCondemned(context, some)) await setTimeout(ASK_AGAIN_MS);
  }
}

/** Whether some of the digests are condemned now; without them, whether anything is. */
async function isAnyCondemned(context: Context, digests?: readonly Digest[]): Promise<boolean> {
  let query = context.db.query.selectFrom("condemned_blobs").where("until", ">", nowIso(context));
  if (digests) query = query.where("digest", "in", digests);
  return (await query.select("digest").limit(1).executeTakeFirst()) !== undefined;
}
