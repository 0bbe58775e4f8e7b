import type { Environment } from "#model";
import { type ApprovalOptions, moveWithApproval } from "../await-approval.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { parseReleaseChoice } from "../option-values.ts";

interface ReleaseOptions extends ApprovalOptions {
  readonly env: Environment;
  readonly name?: string;
}

export async function run(
  context: Context,
  [release]: readonly (string | undefined)[],
  options: ReleaseOptions,
): Promise<Result> {
  const { env, name } = options;
  const choice = release === undefined ? {} : parseReleaseChoice(release);
  const [project, client] = await Promise.all([context.site(name), context.client()]);
  const released = await moveWithApproval(context, client, options, () =>
    client.release({ project, environment: env, ...choice }),
  );
  const before = released.previous_version === null ? "" : ` (was ${released.previous_version})`;
  context.report.step("Released", `${released.version} to ${env}${before}`);
  return { text: context.paint.cyan(released.url), json: released };
}
