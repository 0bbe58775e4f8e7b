import type { Api } from "#wire";
import type { ApiClient } from "./api-client.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { meantWorkspace } from "./meant-workspace.ts";

export interface MeantWebhook {
  readonly client: ApiClient;
  readonly workspace: Api.Workspace;
  readonly webhook: Api.Webhook;
}

/** Finds the webhook that is named by its id or its URL. Throws a Failure of `not_found` or `usage`. */
export async function meantWebhook(context: Context, named: string): Promise<MeantWebhook> {
  const client = await context.client();
  const workspace = await meantWorkspace(client);
  const { webhooks } = await client.webhooks(workspace.id);
  const matches = webhooks.filter(({ id, url }) => id === named || url === named);
  const [webhook] = matches;
  if (!webhook) {
    throw new Failure("not_found", `${workspace.name} has no webhook "${named}".`, {
      next: "`sitepod webhook list` shows them.",
    });
  }
  if (matches.length === 1) return { client, workspace, webhook };
  throw new Failure("usage", `${workspace.name} has ${matches.length} webhooks "${named}".`, {
    next: `Name one by its id: ${matches.map(({ id }) => id).join(", ")}.`,
  });
}
