import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

/** Takes the whole link, or what comes after its #. */
export async function run(context: Context, [link]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  const workspace = await client.acceptInvitation(link!.slice(link!.indexOf("#") + 1));
  context.report.note(`To work in it from now on: sitepod workspace use ${workspace.id}`);
  return { text: `You are in ${context.paint.bold(workspace.name)} now.`, json: workspace };
}
