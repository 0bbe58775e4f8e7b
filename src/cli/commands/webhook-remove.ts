import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWebhook } from "../meant-webhook.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const { client, workspace, webhook } = await meantWebhook(context, named!);
  await requireYes(context, `Remove the webhook to ${webhook.url}? What was sent to it is forgotten.`);
  const removed = await client.deleteWebhook(workspace.id, webhook.id);
  return { text: removed.message, json: { ...removed, id: webhook.id } };
}
