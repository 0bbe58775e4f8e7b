import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { type Context, nowIso } from "../context.ts";
import { attempt } from "./attempt.ts";
import type { Seal } from "./seal.ts";

/**
 * Sends what is due: to each webhook in order and one at a time, of all control planes by one. To different webhooks it is
 * sent side by side.
 */
export interface Deliverer {
  /** Sends what is due now. Returns when no more is, or others are at it. */
  deliverDue(): Promise<void>;
  /** Begins nothing more. What is not answered within a second is sent again by who comes next. */
  stop(): Promise<void>;
}

/** Webhooks that are sent to at the same time. A receiver that hangs holds up nobody else as long as there is room. */
const MAX_AT_ONCE = 16;
/** Of one workspace: its receivers cannot take all the room. */
const MAX_OF_WORKSPACE = 4;
/** After so many deliveries others have their turn. */
const MAX_IN_A_ROW = 50;
const STOP_AFTER_MS = 1000;

export function createDeliverer(context: Context, seal: Seal): Deliverer {
  /** The webhooks that are being sent to, by their ids. */
  const turns = new Map<string, { readonly workspaceId: string; readonly over: Promise<void> }>();
  const stopping = new AbortController();
  const ending = new AbortController();

  async function deliverDue(): Promise<void> {
    if (stopping.signal.aborted || turns.size >= MAX_AT_ONCE) return;
    const due = await findDue(context, [...turns.keys()], fullWorkspaces());
    const begun: Promise<void>[] = [];
    for (const { webhook_id: id, workspace_id: workspaceId } of due) {
      if (turns.has(id) || turns.size >= MAX_AT_ONCE || fullWorkspaces().includes(workspaceId)) continue;
      const over = takeTurn(id);
      turns.set(id, { workspaceId, over });
      begun.push(over);
    }
    await Promise.all(begun);
  }

  function fullWorkspaces(): string[] {
    const counts = new Map<string, number>();
    for (const { workspaceId } of turns.values()) counts.set(workspaceId, (counts.get(workspaceId) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= MAX_OF_WORKSPACE).map(([id]) => id);
  }

  async function takeTurn(id: string): Promise<void> {
    let hasRun = false;
    try {
      hasRun = await context.unlessUnderWay(`webhook ${id}`, () => sendInOrder(id));
    } catch (error) {
      if (!ending.signal.aborted) context.log("A webhook could not be sent to; it is tried again", error);
    } finally {
      turns.delete(id);
    }
    // Others may have waited for the room.
    if (hasRun) await deliverDue();
  }

  async function sendInOrder(id: string): Promise<void> {
    for (let sent = 0; sent < MAX_IN_A_ROW && !stopping.signal.aborted; sent++) {
      const next = await findNext(context, id);
      if (!next) return;
      await attempt(context, seal, next, ending.signal);
    }
  }

  return {
    deliverDue,
    async stop() {
      stopping.abort();
      const over = Promise.all([...turns.values()].map((turn) => turn.over));
      await Promise.race([over, setTimeout(STOP_AFTER_MS, undefined, { ref: false })]);
      ending.abort();
      await over;
    },
  };
}

/** As the indexes say it: SQLite does not know that a value it is handed is this one. */
const IS_PENDING = sql<boolean>`state = 'pending'`;

/** Lists webhooks to which something is due, those first that have waited longest. */
const findDue = ({ db, nowMs }: Context, besides: readonly string[], full: readonly string[]) =>
  db.query
    .selectFrom("webhook_deliveries")
    .innerJoin("webhooks", "webhooks.id", "webhook_deliveries.webhook_id")
    .where(IS_PENDING)
    .where("next_at", "<=", nowIso({ nowMs }))
    .where("is_enabled", "=", 1)
    .$if(besides.length > 0, (query) => query.where("webhook_id", "not in", besides))
    .$if(full.length > 0, (query) => query.where("workspace_id", "not in", full))
    .groupBy(["webhook_id", "workspace_id"])
    .select(["webhook_id", "workspace_id"])
    .orderBy((order) => order.fn.min("next_at"))
    .limit(MAX_AT_ONCE * MAX_OF_WORKSPACE)
    .execute();

const findNext = ({ db, nowMs }: Context, webhookId: string) =>
  db.query
    .selectFrom("webhook_deliveries")
    .innerJoin("webhooks", "webhooks.id", "webhook_deliveries.webhook_id")
    .where("webhook_id", "=", webhookId)
    .where(IS_PENDING)
    .where("next_at", "<=", nowIso({ nowMs }))
    .where("is_enabled", "=", 1)
    .selectAll("webhook_deliveries")
    .orderBy("next_at")
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
