import type { Selectable, Transaction } from "kysely";
import type { PendingChangeTable, Schema } from "#db";
import { type Begun, type Context, newId, nowIso, type StoreChange } from "./context.ts";
import type { Actor, Author } from "./identity/actor.ts";
import { isOutage } from "./outage.ts";

interface Wanted<Data> {
  /** The turn that whoever calls this has, by `inSettledTurn`. */
  readonly turn: string;
  readonly siteId?: string;
  readonly data: Data;
}

interface Made<Written, Entered> {
  readonly written: Written;
  /** Undefined where somebody has entered it who could not wait: the site is being deleted for good. */
  readonly entered: Entered | undefined;
}

/** Changes the store, and records that. Throws what `write` throws, which has then made no change, or is found out to have. */
export async function changeStore<Data, Written, Entered>(
  context: Context,
  actor: Actor,
  change: StoreChange<Data, NoInfer<Written>, Entered>,
  { turn, siteId, data }: Wanted<Data>,
  write: () => Promise<Written>,
): Promise<Made<Written, Entered>> {
  const { userId, email, tokenId, tokenName, address } = actor;
  const author: Author = { userId, email, tokenId, tokenName, address };
  const begun = { author, at: nowIso(context), data };
  const id = newId(context, "change");
  await context.db.query
    .insertInto("pending_changes")
    .values({
      id,
      kind: change.kind,
      turn,
      site_id: siteId ?? null,
      author: JSON.stringify(author),
      data: JSON.stringify(data),
      begun_at: begun.at,
    })
    .execute();
  let written: Written;
  try {
    written = await write();
  } catch (error) {
    // Where that fails too, it is done later.
    await settle(context, id).catch(() => {});
    throw error;
  }
  const entered = await context.db.query.transaction().execute(async (query) => {
    return (await forget(query, id)) ? await change.enter(context, begun, query, written) : undefined;
  });
  return { written, entered };
}

/** Runs work in a turn, after what was cut off in it was settled. */
export async function inSettledTurn<T>(context: Context, turn: string, work: () => Promise<T>): Promise<T> {
  return await context.inTurn(turn, async () => {
    for (const pending of await pendingOf(context).where("turn", "=", turn).execute()) {
      await settle(context, pending.id).catch(tellUnlessOutage(context, pending, throwAgain));
    }
    return await work();
  });
}

/**
 * Records what was cut off of a site that is about to go, in other turns than its own: the store is asked while it knows. What is
 * under way there goes on.
 */
export async function settleSite(context: Context, siteId: string): Promise<void> {
  const pending = await pendingOf(context).where("site_id", "=", siteId).where("turn", "!=", siteId).execute();
  for (const { id } of pending) await settle(context, id, { mayBeUnderWay: true });
}

/** Settles all that was cut off; what is under way is waited for. */
export async function settleAll(context: Context): Promise<void> {
  const settleInTurn = (pending: Pending) =>
    context
      .inTurn(pending.turn, () => settle(context, pending.id))
      // A turn that is taken for long is as good as an outage: the next time is soon.
      .catch(tellUnlessOutage(context, pending, () => {}));
  await Promise.all((await pendingOf(context).execute()).map(settleInTurn));
}

type Pending = Pick<PendingChangeTable, "id" | "kind" | "turn">;

/** What cannot be settled waits, and holds up nothing else: a document may be damaged. */
const tellUnlessOutage =
  ({ log }: Context, { kind }: Pending, otherwise: (outage: unknown) => void) =>
  (error: unknown): void => {
    if (isOutage(error)) otherwise(error);
    else log(`A change (${kind}) was cut off, and it could not be found out whether it was made`, error);
  };

function throwAgain(error: unknown): never {
  throw error;
}

const pendingOf = ({ db }: Context) =>
  db.query.selectFrom("pending_changes").select(["id", "kind", "turn"]).orderBy("begun_at").orderBy("id");

/** Records a change that was cut off, where the store has it; else forgets it. To be called in its turn. */
async function settle(
  context: Context,
  id: string,
  { mayBeUnderWay }: { readonly mayBeUnderWay: boolean } = { mayBeUnderWay: false },
): Promise<void> {
  const row = await context.db.query.selectFrom("pending_changes").where("id", "=", id).selectAll().executeTakeFirst();
  // A newer version knows what to do with one of an unknown kind.
  const change = row && context.storeChanges.get(row.kind);
  if (!change) return;
  const begun = readBegun(row);
  const isMade = await change.isMade(context, begun.data);
  if (!isMade && mayBeUnderWay) return;
  if (isMade) await change.finish?.(context, begun.data);
  await context.db.query.transaction().execute(async (query) => {
    if ((await forget(query, id)) && isMade) await change.enter(context, begun, query);
  });
}

const readBegun = ({ author, data, begun_at }: Selectable<PendingChangeTable>): Begun<never> => ({
  author: JSON.parse(author) as Author,
  at: begun_at,
  data: JSON.parse(data) as never,
});

/** Returns whether it was still pending: of two who end it, one enters it. */
async function forget(query: Transaction<Schema>, id: string): Promise<boolean> {
  const { numDeletedRows } = await query.deleteFrom("pending_changes").where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
