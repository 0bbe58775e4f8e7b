import type { Api } from "#wire";
import { changeStore, inSettledTurn } from "../change-store.ts";
import type { Context, StoreChange } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { type CleanedUp, cleanUp } from "./clean-up.ts";
import { collectGarbage } from "./collect-garbage.ts";

/** Both remove many things one by one: what has begun has happened, and the event says where it was cut off. */
const hasBegun = async () => true;
const CUT_OFF = "cut off";

export const collectionByHand: StoreChange<null, Api.Collected> = {
  kind: "server.gc",
  isMade: hasBegun,
  async enter(context, { author, at }, query, collected) {
    const target = collected ? `${collected.deleted_blobs} blobs` : CUT_OFF;
    await recordEvent(context, author, "server.gc", { target, at }, query);
  },
};

export const cleaningByHand: StoreChange<null, CleanedUp> = {
  kind: "server.cleanup",
  isMade: hasBegun,
  async enter(context, { author, at }, query, cleaned) {
    await recordEvent(context, author, "server.cleanup", { at, ...(!cleaned && { target: CUT_OFF }) }, query);
  },
};

/** Collects garbage because an operator wants it, who is then in the log. */
export const collectByHand = (context: Context, operator: Actor): Promise<Api.Collected> =>
  doByHand(context, operator, collectionByHand, () => collectGarbage(context));

/** Forgets what has expired because an operator wants it, who is then in the log. */
export const cleanUpByHand = (context: Context, operator: Actor): Promise<CleanedUp> =>
  doByHand(context, operator, cleaningByHand, () => cleanUp(context));

async function doByHand<T>(
  context: Context,
  operator: Actor,
  change: StoreChange<null, T>,
  work: () => Promise<T>,
): Promise<T> {
  const turn = change.kind;
  return await inSettledTurn(context, turn, async () => {
    return (await changeStore(context, operator, change, { turn, data: null }, work)).written;
  });
}
