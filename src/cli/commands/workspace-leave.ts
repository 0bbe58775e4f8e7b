import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { chooseWorkspace } from "../find-workspace.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = chooseWorkspace((await client.workspaces()).workspaces, named!);
  await requireYes(
    context,
    `Leave ${workspace.name}? Your tokens for it stop working. Somebody who stays must invite you to come back.`,
  );
  const left = await client.leaveWorkspace(workspace.id);
  return { text: left.message, json: { ...left, id: workspace.id } };
}
