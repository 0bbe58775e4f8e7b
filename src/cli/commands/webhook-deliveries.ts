import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWebhook } from "../meant-webhook.ts";
import { formatDelivery, formatOutcome, formatState } from "../terminal/delivery.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

interface DeliveriesOptions {
  readonly limit: number;
  readonly state?: Api.WebhookDelivery["state"];
}

export async function run(
  context: Context,
  [named, delivery]: readonly (string | undefined)[],
  { limit, state }: DeliveriesOptions,
): Promise<Result> {
  const { client, workspace, webhook } = await meantWebhook(context, named!);
  const nowMs = context.world.now();
  if (delivery !== undefined) {
    const shown = await client.delivery(workspace.id, webhook.id, delivery);
    return { text: formatDelivery(shown, nowMs), json: shown };
  }
  const list = await client.deliveries(workspace.id, webhook.id, { limit, ...(state && { state }) });
  const text = formatTable(
    [
      { title: "WHEN" },
      { title: "EVENT", paint: context.paint.bold },
      { title: "ID" },
      { title: "STATE" },
      { title: "TRIES", align: "right" },
      { title: "LAST ANSWER" },
    ],
    list.deliveries.map((row) => [
      formatAge(row.created_at, nowMs),
      row.event,
      row.id,
      formatState(row, nowMs),
      String(row.attempts),
      formatOutcome(row),
    ]),
  );
  return { text: text || "Nothing was sent yet.", json: list };
}
