import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(context: Context, [name]: readonly (string | undefined)[]): Promise<Result> {
  const workspace = await (await context.client()).createWorkspace(name!);
  context.report.note(`To work in it from now on: sitepod workspace use ${workspace.id}`);
  return { text: workspace.id, json: workspace };
}
