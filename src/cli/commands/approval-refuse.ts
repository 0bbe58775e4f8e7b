import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(
  context: Context,
  [id]: readonly (string | undefined)[],
  { message }: { message?: string },
): Promise<Result> {
  const client = await context.client();
  const approval = await client.decide(id!, "refuse", message);
  const { project, environment, version, state } = approval;
  return { text: `${version} to ${environment} of ${project} is ${state}.`, json: approval };
}
