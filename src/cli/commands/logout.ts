import { readMachineConfig, writeMachineConfig } from "../project/machine-file.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

/** Forgets the token; the server stays known. The token itself lives until it is revoked. */
export async function run(context: Context): Promise<Result> {
  const { home } = context.world;
  const { endpoint, token } = await readMachineConfig(home);
  if (token === undefined) return { text: "You were not logged in.", json: { logged_out: false } };
  await writeMachineConfig(home, { endpoint, token: undefined });
  return { text: `Logged out of ${endpoint}.`, json: { logged_out: true, endpoint } };
}
