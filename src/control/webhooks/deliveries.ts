import type { Kysely, Selectable, Transaction } from "kysely";
import type { Schema, WebhookDeliveryTable } from "#db";
import { type DeliveryState, SitepodError, WEBHOOK_TEST, type WebhookFormat } from "#model";
import type { Api } from "#wire";
import { type Context, nowIso } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { attempt } from "./attempt.ts";
import { formatBody } from "./formats/format-request.ts";
import type { WebhookMessage } from "./message.ts";
import { addDeliveries, newDelivery } from "./queue-event.ts";
import type { Seal } from "./seal.ts";
import { requireWebhook, type WebhookPlace, type WebhookRow } from "./webhooks.ts";

type Delivery = Selectable<WebhookDeliveryTable>;

/** Whoever waits for it hears nothing meanwhile, and a silent connection is closed after eight seconds at the earliest. */
const ANSWER_BY_HAND_MS = 7000;
/** Longer than an attempt takes: meanwhile nobody else sends it, and where the server ends it is not forgotten. */
const BY_HAND_MS = 60_000;

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  /** Only those made before the delivery of this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Lists what was and is to be sent to a webhook, the newest first. Throws SitepodError `not_found`. */
export async function listDeliveries(
  context: Context,
  { workspace, id }: WebhookPlace,
  { state, before, limit }: DeliveryFilter,
): Promise<Api.WebhookDeliveryList> {
  await requireWebhook(context.db.query, workspace.id, id);
  let query = deliveriesOf(context.db.query, id).orderBy("number", "desc").limit(limit);
  if (state !== undefined) query = query.where("state", "=", state);
  if (before !== undefined) {
    query = query.where("number", "<", (select) =>
      select.selectFrom("webhook_deliveries as other").where("other.id", "=", before).select("other.number"),
    );
  }
  return { deliveries: (await query.execute()).map(describe) };
}

/** Shows a delivery with what is sent and what was answered. Throws SitepodError `not_found`. */
export async function showDelivery(
  context: Context,
  { workspace, id }: WebhookPlace,
  deliveryId: string,
): Promise<Api.WebhookDeliveryShown> {
  const { format } = await requireWebhook(context.db.query, workspace.id, id);
  return show(await requireDelivery(context.db.query, id, deliveryId), format);
}

/** Sends a message that says nothing, once and now. Throws SitepodError `not_found`, `conflict`. */
export async function sendTest(
  context: Context,
  seal: Seal,
  actor: Actor,
  place: WebhookPlace,
): Promise<Api.WebhookDeliveryShown> {
  const workspaceId = place.workspace.id;
  const data = { workspace_id: workspaceId, project: null, actor: actor.email };
  return await sendByHand(context, seal, place, async (query, webhook) => {
    const message = { type: WEBHOOK_TEST, timestamp: nowIso(context), data } as const;
    const delivery = newDelivery(context, webhook.id, message, whenGivenUp(context));
    await addDeliveries(context, query, [delivery]);
    const subject = { workspaceId, target: webhook.shown_url, after: { delivery: delivery.id } };
    await recordEvent(context, actor, "webhook.test", subject, query);
    return { id: delivery.id, isLast: true };
  });
}

/**
 * Sends a delivery again now, with the same id. One that was to be tried again anyway is tried then too, if it fails; one that
 * was over is not. Throws SitepodError `not_found`, `conflict`.
 */
export async function redeliver(
  context: Context,
  seal: Seal,
  actor: Actor,
  place: WebhookPlace,
  id: string,
): Promise<Api.WebhookDeliveryShown> {
  return await sendByHand(context, seal, place, async (query, webhook) => {
    const { state } = await requireDelivery(query, webhook.id, id);
    await query
      .updateTable("webhook_deliveries")
      .set({ state: "pending", next_at: whenGivenUp(context) })
      .where("id", "=", id)
      .execute();
    const subject = { workspaceId: place.workspace.id, target: webhook.shown_url, after: { delivery: id } };
    await recordEvent(context, actor, "webhook.redeliver", subject, query);
    return { id, isLast: state !== "pending" };
  });
}

type Prepare = (
  query: Transaction<Schema>,
  webhook: WebhookRow,
) => Promise<{ readonly id: string; readonly isLast: boolean }>;

/** One at a time to each webhook, so that nobody is sent to more often than they answer. */
async function sendByHand(
  context: Context,
  seal: Seal,
  { workspace, id: webhookId }: WebhookPlace,
  prepare: Prepare,
): Promise<Api.WebhookDeliveryShown> {
  let sent: Api.WebhookDeliveryShown | undefined;
  await requireWebhook(context.db.query, workspace.id, webhookId);
  await context.unlessUnderWay(`webhook ${webhookId} by hand`, async () => {
    const { id, isLast, format } = await context.db.query.transaction().execute(async (query) => {
      const webhook = await requireWebhook(query, workspace.id, webhookId);
      return { ...(await prepare(query, webhook)), format: webhook.format };
    });
    const delivery = await requireDelivery(context.db.query, webhookId, id);
    await attempt(context, seal, delivery, AbortSignal.timeout(ANSWER_BY_HAND_MS), isLast);
    sent = show(await requireDelivery(context.db.query, webhookId, id), format);
  });
  if (sent) return sent;
  throw new SitepodError(
    "conflict",
    "Something is being sent to this webhook by hand right now. Try again in a moment.",
  );
}

const whenGivenUp = (context: Context): string => new Date(context.nowMs() + BY_HAND_MS).toISOString();

const deliveriesOf = (query: Kysely<Schema>, webhookId: string) =>
  query.selectFrom("webhook_deliveries").where("webhook_id", "=", webhookId).selectAll();

async function requireDelivery(query: Kysely<Schema>, webhookId: string, id: string): Promise<Delivery> {
  const row = await deliveriesOf(query, webhookId).where("id", "=", id).executeTakeFirst();
  if (row) return row;
  throw new SitepodError("not_found", `Nothing of the id ${JSON.stringify(id)} was sent to this webhook.`);
}

const describe = (row: Delivery): Api.WebhookDelivery => ({
  id: row.id,
  event: row.event,
  state: row.state,
  created_at: row.created_at,
  attempts: row.attempts,
  next_at: row.state === "pending" ? row.next_at : null,
  attempted_at: row.attempted_at,
  duration_ms: row.duration_ms,
  status: row.status,
  fault: row.fault,
});

const show = (row: Delivery, format: WebhookFormat): Api.WebhookDeliveryShown => ({
  ...describe(row),
  request: formatBody(format, JSON.parse(row.message) as WebhookMessage),
  answer: row.answer,
});
