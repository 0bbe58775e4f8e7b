import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWorkspace } from "../meant-workspace.ts";
import { formatAge } from "../terminal/format.ts";
import { formatTable } from "../terminal/table.ts";

export async function run(context: Context): Promise<Result> {
  const client = await context.client();
  const list = await client.webhooks((await meantWorkspace(client)).id);
  const text = formatTable(
    [
      { title: "ID" },
      { title: "TO", paint: context.paint.bold },
      { title: "FORMAT" },
      { title: "SITE" },
      { title: "EVENTS" },
      { title: "STATE" },
    ],
    list.webhooks.map((webhook) => [
      webhook.id,
      webhook.url,
      webhook.format,
      webhook.project ?? "all",
      webhook.events.join(", "),
      formatState(webhook, context.world.now()),
    ]),
  );
  return { text: text || "There is no webhook.", json: list };
}

function formatState({ is_enabled, disabled_reason, failing_since }: Api.Webhook, nowMs: number): string {
  if (!is_enabled) return disabled_reason === null ? "off" : `off: ${disabled_reason}`;
  return failing_since === null ? "on" : `on, but it fails, first ${formatAge(failing_since, nowMs)}`;
}
