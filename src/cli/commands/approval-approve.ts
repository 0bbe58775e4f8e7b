import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(
  context: Context,
  [id]: readonly (string | undefined)[],
  { message }: { message?: string },
): Promise<Result> {
  const client = await context.client();
  const approval = await client.decide(id!, "approve", message);
  const { project, environment, version } = approval;
  context.report.step("Approved", `${environment} of ${project} serves ${version} now`);
  return { text: context.paint.cyan(approval.url), json: approval };
}
