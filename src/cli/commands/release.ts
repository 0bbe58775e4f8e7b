import type { Environment } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { parseReleaseChoice } from "../option-values.ts";

interface ReleaseOptions {
  readonly env: Environment;
  readonly name?: string;
}

export async function run(
  context: Context,
  [release]: readonly (string | undefined)[],
  { env, name }: ReleaseOptions,
): Promise<Result> {
  const choice = release === undefined ? {} : parseReleaseChoice(release);
  const [project, client] = await Promise.all([context.site(name), context.client()]);
  const released = await client.release({ project, environment: env, ...choice });
  const before = released.previous_version === null ? "" : ` (was ${released.previous_version})`;
  context.report.step("Released", `${released.version} to ${env}${before}`);
  return { text: context.paint.cyan(released.url), json: released };
}
