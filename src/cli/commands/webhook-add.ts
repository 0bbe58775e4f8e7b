import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { meantWorkspace } from "../meant-workspace.ts";

interface WebhookAddOptions {
  readonly format: Api.WebhookRequest["format"];
  readonly event?: Api.WebhookRequest["events"];
  readonly name?: string;
}

export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { format, event, name }: WebhookAddOptions,
): Promise<Result> {
  const { SITEPOD_WEBHOOK_URL: kept, SITEPOD_WEBHOOK_SECRET: secret } = context.world.env;
  const url = named ?? kept;
  if (!url) throw new Failure("usage", "No URL is named.", { next: "Name it, or set SITEPOD_WEBHOOK_URL." });
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const webhook = await client.createWebhook(workspace.id, {
    url,
    format,
    ...(event && { events: event }),
    ...(name !== undefined && { project: name }),
    ...(format === "feishu" && secret && { secret }),
  });
  context.report.step(
    "Added",
    `${webhook.url} to ${workspace.name}; send it a test: sitepod webhook test ${webhook.id}`,
  );
  if (webhook.secret === null) return { text: webhook.id, json: webhook };
  context.report.note("Keep this secret safe: it is shown this once. Your receiver checks signatures by it.");
  return { text: webhook.secret, json: webhook };
}
