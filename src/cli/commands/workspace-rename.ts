import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { meantWorkspace } from "../meant-workspace.ts";

export async function run(context: Context, [name]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const { id, name: before } = await meantWorkspace(client);
  const renamed = await client.renameWorkspace(id, name!);
  return { text: `${before} is ${context.paint.bold(renamed.name)} now.`, json: renamed };
}
