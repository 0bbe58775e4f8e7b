import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { chooseWorkspace } from "../find-workspace.ts";
import { requireName } from "../terminal/prompts.ts";

export async function run(context: Context, [named]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = chooseWorkspace((await client.workspaces()).workspaces, named!);
  const inBin = context.flags.yes ? [] : (await client.binOf(workspace.id)).sites;
  const names = inBin.length === 0 ? "" : `, and the sites in its bin (${inBin.map(({ name }) => name).join(", ")})`;
  const question = `Delete the workspace ${workspace.name} for good, with its members' access, its tokens${names}?`;
  await requireName(context, `${question} There is no way back.`, workspace.name);
  const deleted = await client.deleteWorkspace(workspace.id);
  return { text: deleted.message, json: { ...deleted, id: workspace.id } };
}
