import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWebhook } from "../meant-webhook.ts";
import { endOf } from "../terminal/delivery.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const { client, workspace, webhook } = await meantWebhook(context, named!);
  return endOf(await client.testWebhook(workspace.id, webhook.id), context.world.now());
}
