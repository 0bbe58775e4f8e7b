import { createApiClient } from "../api-client.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { readMachineConfig, writeMachineConfig } from "../project/machine-file.ts";

/** Revokes the token and forgets it; the server stays known. Where it cannot be revoked, it is forgotten all the same. */
export async function run(context: Context): Promise<Result> {
  const { home } = context.world;
  const { endpoint, token } = await readMachineConfig(home);
  if (endpoint === undefined || token === undefined) {
    return { text: "You were not logged in.", json: { logged_out: false } };
  }
  const fault = await revoke(context, endpoint, token);
  await writeMachineConfig(home, { endpoint, token: undefined });
  const json = { logged_out: true, endpoint, revoked: fault === undefined };
  if (fault === undefined) return { text: `Logged out of ${endpoint}.`, json };
  context.report.warn(`The token is forgotten here, but not revoked: ${fault.message} Revoke it in the console.`);
  return { text: `Logged out of ${endpoint}, on this machine alone.`, json, ending: fault.ending };
}

/** Returns why the token could not be revoked. One that the server no longer knows is as good as revoked. */
async function revoke({ world }: Context, endpoint: string, token: string): Promise<Failure | undefined> {
  try {
    await createApiClient(world, endpoint, token).logOut();
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.ending === "not_logged_in" ? undefined : error;
  }
}
