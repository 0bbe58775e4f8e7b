import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { readMachineConfig, writeMachineConfig } from "../project/machine-file.ts";
import { requireName } from "../terminal/prompts.ts";

export async function run(context: Context): Promise<Result> {
  const { home } = context.world;
  const client = await context.client();
  const { email } = await client.whoAmI();
  await requireName(
    context,
    `Delete the account ${email} at ${client.endpoint} for good, with its tokens, and with each workspace that nobody else ` +
      "is in: its sites go too, and no bin keeps them. There is no way back.",
    email,
  );
  const deleted = await client.deleteAccount();
  const { endpoint } = await readMachineConfig(home);
  if (endpoint === client.endpoint) await writeMachineConfig(home, { endpoint, token: undefined });
  return { text: deleted.message, json: deleted };
}
