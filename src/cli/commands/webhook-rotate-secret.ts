import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWebhook } from "../meant-webhook.ts";

interface WebhookRotateSecretOptions {
  /** Seconds. */
  readonly oldFor?: number;
}

export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { oldFor }: WebhookRotateSecretOptions,
): Promise<Result> {
  const { client, workspace, webhook } = await meantWebhook(context, named!);
  const secret = webhook.format === "feishu" ? context.world.env["SITEPOD_WEBHOOK_SECRET"] : undefined;
  const rotated = await client.rotateWebhookSecret(workspace.id, webhook.id, {
    ...(oldFor !== undefined && { old_expires_in: oldFor }),
    ...(secret && { secret }),
  });
  const until = rotated.old_secret_until;
  context.report.step("Rotated", `the secret of ${rotated.url}`);
  if (rotated.secret === null) return { text: rotated.id, json: rotated };
  context.report.note("Keep this secret safe: it is shown this once. Your receiver checks signatures by it.");
  context.report.note(
    until === null
      ? "The secret before is good no longer."
      : `What is sent is signed by the secret before, too, until ${until}.`,
  );
  return { text: rotated.secret, json: rotated };
}
