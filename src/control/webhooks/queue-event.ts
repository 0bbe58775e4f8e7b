import type { Kysely } from "kysely";
import type { Schema } from "#db";
import { includesEvent } from "#model";
import { type Context, newId } from "../context.ts";
import { composeMessage, type Happening, type WebhookMessage } from "./message.ts";

const ID_LENGTH = 24;
/** So many of each webhook are kept. */
const KEPT = 1000;

/**
 * Writes what is to be sent of something that happens, in the transaction in which it does: it is sent if and only if that
 * is made. Where no webhook wants it, that costs one query.
 */
export async function queueEvent(context: Context, query: Kysely<Schema>, happening: Happening): Promise<void> {
  const { site, event } = happening;
  const webhooks = await query
    .selectFrom("webhooks")
    .where("workspace_id", "=", site.workspace_id)
    .where("is_enabled", "=", 1)
    .where(({ or, eb }) => or([eb("site_id", "is", null), eb("site_id", "=", site.id)]))
    .select(["id", "events"])
    .execute();
  const wanting = webhooks.filter(({ events }) => includesEvent(events.split(" "), event));
  if (wanting.length === 0) return;
  const message = await composeMessage(context.addresses, query, happening);
  const deliveries = wanting.map(({ id }) => newDelivery(context, id, message, happening.at));
  await addDeliveries(context, query, deliveries);
  context.webhookSender.wake();
}

/** A delivery that is to be sent from then on. */
export function newDelivery(context: Context, webhookId: string, message: WebhookMessage, nextAt: string) {
  return {
    id: newId(context, "msg", ID_LENGTH),
    webhook_id: webhookId,
    event: message.type,
    message: JSON.stringify(message),
    created_at: message.timestamp,
    state: "pending" as const,
    next_at: nextAt,
    attempted_at: null,
    duration_ms: null,
    status: null,
    answer: null,
    fault: null,
  };
}

/**
 * Enters deliveries, and forgets what is too old to be kept beside them: of one webhook, drawn by lot. So logs are bounded
 * whatever happens, and many webhooks cost hardly more than one.
 */
export async function addDeliveries(
  context: Pick<Context, "randomBytes">,
  query: Kysely<Schema>,
  deliveries: readonly ReturnType<typeof newDelivery>[],
): Promise<void> {
  await query.insertInto("webhook_deliveries").values(deliveries).execute();
  const { webhook_id: id } = deliveries[context.randomBytes(1)[0]! % deliveries.length]!;
  await query
    .deleteFrom("webhook_deliveries")
    .where("webhook_id", "=", id)
    .where("number", "<=", (select) =>
      select
        .selectFrom("webhook_deliveries as newer")
        .where("newer.webhook_id", "=", id)
        .select("newer.number")
        .orderBy("newer.number", "desc")
        .offset(KEPT)
        .limit(1),
    )
    .execute();
}
