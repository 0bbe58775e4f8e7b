import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { chooseWorkspace } from "../find-workspace.ts";
import { readMachineConfig, writeMachineConfig } from "../project/machine-file.ts";

/** Stores the workspace beside the login that it goes with. */
export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const { home } = context.world;
  const [client, machine] = await Promise.all([context.client(), readMachineConfig(home)]);
  if (machine.endpoint !== client.endpoint || machine.token === undefined) {
    throw new Failure(
      "usage",
      `This machine is not logged in to ${client.endpoint}, so there is nowhere to store it.`,
      {
        next: "Run `sitepod login` there, or set SITEPOD_WORKSPACE.",
      },
    );
  }
  const { workspaces } = await client.workspaces();
  const workspace = named === undefined ? workspaces.find(({ is_own }) => is_own) : chooseWorkspace(workspaces, named);
  const { endpoint, token } = machine;
  const chosen = workspace === undefined || workspace.is_own ? {} : { workspace: workspace.id };
  await writeMachineConfig(home, { endpoint, token, ...chosen });
  const name = workspace?.name ?? "your own workspace";
  return { text: `Commands work in ${context.paint.bold(name)} now.`, json: workspace ?? null };
}
