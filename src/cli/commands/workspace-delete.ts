import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { chooseWorkspace } from "../find-workspace.ts";
import { requireName } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = chooseWorkspace((await client.workspaces()).workspaces, named!);
  await requireName(context, `Delete the workspace ${workspace.name}, with its members' access?`, workspace.name);
  const deleted = await client.deleteWorkspace(workspace.id);
  return { text: deleted.message, json: { ...deleted, id: workspace.id } };
}
