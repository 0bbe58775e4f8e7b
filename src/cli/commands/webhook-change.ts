import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { meantWebhook } from "../meant-webhook.ts";

interface WebhookChangeOptions {
  readonly url?: string;
  readonly event?: Api.WebhookRequest["events"];
  readonly name?: string;
  readonly allSites?: boolean;
  readonly on?: boolean;
  readonly off?: boolean;
}

export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { url = context.world.env["SITEPOD_WEBHOOK_URL"], event, name, allSites, on, off }: WebhookChangeOptions,
): Promise<Result> {
  if (on && off) throw new Failure("usage", "--on and --off say different things.");
  if (name !== undefined && allSites) throw new Failure("usage", "--name and --all-sites say different things.");
  const change: Api.WebhookChange = {
    ...(url && { url }),
    ...(event && { events: event }),
    ...(name !== undefined && { project: name }),
    ...(allSites && { project: null }),
    ...((on || off) && { is_enabled: on === true }),
  };
  if (Object.keys(change).length === 0) {
    throw new Failure("usage", "Nothing is to be changed.", { next: "See sitepod webhook change --help." });
  }
  const { client, workspace, webhook } = await meantWebhook(context, named!);
  const changed = await client.changeWebhook(workspace.id, webhook.id, change);
  return { text: `The webhook to ${changed.url} is ${changed.is_enabled ? "on" : "off"}.`, json: changed };
}
