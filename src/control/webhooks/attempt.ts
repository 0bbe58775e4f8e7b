import type { Kysely, Selectable, Transaction } from "kysely";
import type { Schema, WebhookDeliveryTable, WebhookTable } from "#db";
import { DISABLED_AFTER_MS, nextAttemptInMs, WEBHOOK_TEST } from "#model";
import { type Context, nowIso } from "../context.ts";
import { SYSTEM } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { faultOf, formatRequest } from "./formats/format-request.ts";
import type { WebhookMessage } from "./message.ts";
import type { Seal } from "./seal.ts";
import type { WebhookAnswer } from "./sender.ts";
import { openSecrets } from "./secrets.ts";
import { dropPending, urlPlace } from "./webhooks.ts";

type Delivery = Selectable<WebhookDeliveryTable>;
type Webhook = Selectable<WebhookTable>;

/** Enough to see what is wrong. */
const KEPT_ANSWER_LENGTH = 1000;
/** Who answers this will never want anything again. */
const GONE = 410;

/**
 * Sends a delivery once, and writes what came of it. With `isLast` it is not tried again. Throws where `signal` ends it:
 * then it is still to be sent.
 */
export async function attempt(
  context: Context,
  seal: Seal,
  delivery: Delivery,
  signal: AbortSignal,
  isLast = delivery.event === WEBHOOK_TEST,
): Promise<void> {
  const { query } = context.db;
  const webhook = await query
    .selectFrom("webhooks")
    .where("id", "=", delivery.webhook_id)
    .selectAll()
    .executeTakeFirst();
  if (!webhook) return;
  const begunAt = nowIso(context);
  const begunMs = performance.now();
  const answer = await send(context, seal, webhook, delivery, signal);
  const durationMs = Math.round(performance.now() - begunMs);
  const fault = faultOf(webhook.format, answer);
  const result = {
    attempts: delivery.attempts + 1,
    attempted_at: begunAt,
    duration_ms: durationMs,
    status: answer.kind === "answered" ? answer.status : null,
    answer: answer.kind === "answered" ? keep(answer.text) : null,
    fault: fault === undefined ? null : keep(fault),
  };
  await query.transaction().execute(async (transaction) => {
    if (fault === undefined) await recordArrival(transaction, delivery, result);
    else await recordFailure(context, transaction, { webhook, delivery, answer, result, isLast, fault });
  });
  context.live.tell({ project: null, action: "webhook.deliver", workspaceId: webhook.workspace_id, userId: null });
}

async function send(
  context: Context,
  seal: Seal,
  webhook: Webhook,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const url = seal.open(webhook.url, urlPlace(webhook.id));
  const secrets = await openSecrets(context, seal, webhook);
  if (url === undefined || secrets === undefined) {
    return {
      kind: "unanswered",
      fault: "The server has lost the key of its secrets, with its session.key. Make the webhook anew.",
    };
  }
  const message = JSON.parse(delivery.message) as WebhookMessage;
  const sending = { id: delivery.id, nowMs: context.nowMs(), secrets, version: context.settings.version };
  return await context.webhookSender.send(
    { url: new URL(url), ...formatRequest(webhook.format, message, sending) },
    signal,
  );
}

type Result = Pick<Delivery, "attempts" | "attempted_at" | "duration_ms" | "status" | "answer" | "fault">;

async function recordArrival(query: Kysely<Schema>, { number, webhook_id }: Delivery, result: Result): Promise<void> {
  await query
    .updateTable("webhook_deliveries")
    .set({ ...result, state: "delivered" })
    .where("number", "=", number)
    .execute();
  await query
    .updateTable("webhooks")
    .set({ failing_since: null })
    .where("id", "=", webhook_id)
    .where("failing_since", "is not", null)
    .execute();
}

interface Failure {
  readonly webhook: Webhook;
  readonly delivery: Delivery;
  readonly answer: WebhookAnswer;
  readonly result: Result;
  readonly isLast: boolean;
  readonly fault: string;
}

async function recordFailure(context: Context, query: Transaction<Schema>, failure: Failure): Promise<void> {
  const { webhook, delivery, answer, result, isLast, fault } = failure;
  const askedMs = answer.kind === "answered" ? answer.retryAfterMs : 0;
  const waitMs = isLast ? undefined : nextAttemptInMs(result.attempts, drawLot(context), askedMs);
  await query
    .updateTable("webhook_deliveries")
    .set({
      ...result,
      ...(waitMs === undefined
        ? { state: "failed" }
        : { next_at: new Date(context.nowMs() + waitMs).toISOString(), state: "pending" }),
    })
    .where("number", "=", delivery.number)
    // Given up meanwhile, with its webhook.
    .where("state", "=", "pending")
    .execute();
  // Somebody tries by hand what is wrong: that says nothing of how it does by itself.
  if (isLast) return;
  const present = await query
    .selectFrom("webhooks")
    .where("id", "=", webhook.id)
    .where("url", "=", webhook.url)
    .where("is_enabled", "=", 1)
    .select("failing_since")
    .executeTakeFirst();
  // It goes elsewhere by now, or nowhere.
  if (!present) return;
  const failingSince = present.failing_since ?? nowIso(context);
  await query.updateTable("webhooks").set({ failing_since: failingSince }).where("id", "=", webhook.id).execute();
  if (result.status === GONE) await disable(context, query, webhook, "It answered 410: there is nobody any more.");
  else if (waitMs === undefined && context.nowMs() - Date.parse(failingSince) >= DISABLED_AFTER_MS) {
    await disable(context, query, webhook, `Nothing has arrived since ${failingSince}. The last time: ${fault}`);
  }
}

async function disable(context: Context, query: Transaction<Schema>, webhook: Webhook, reason: string): Promise<void> {
  const disabled_reason = keep(reason);
  await query.updateTable("webhooks").set({ is_enabled: 0, disabled_reason }).where("id", "=", webhook.id).execute();
  await dropPending(query, webhook.id);
  const subject = { workspaceId: webhook.workspace_id, target: webhook.shown_url, after: { reason: disabled_reason } };
  await recordEvent(context, SYSTEM, "webhook.disable", subject, query);
}

/** From 0 to 1. */
const drawLot = ({ randomBytes }: Context): number => randomBytes(1)[0]! / 255;

/** As much of a text as is kept. PostgreSQL keeps no zeros. */
const keep = (text: string): string => [...text.replaceAll("\0", "�")].slice(0, KEPT_ANSWER_LENGTH).join("");
