import type { Environment } from "#model";
import type { Api } from "#wire";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

interface TokenCreateOptions {
  readonly scope: Api.TokenScope;
  /** Seconds. */
  readonly ttl?: number;
  readonly name?: string;
  readonly env?: Environment;
}

export async function run(
  context: Context,
  [label]: readonly (string | undefined)[],
  { scope, ttl, name, env }: TokenCreateOptions,
): Promise<Result> {
  const client = await context.client();
  const token = await client.createToken({
    name: label!,
    scopes: [scope],
    ...(name === undefined ? {} : { project: name }),
    ...(env === undefined ? {} : { environments: [env] }),
    ...(ttl === undefined ? {} : { expires_in: ttl }),
  });
  context.report.note("Keep it safe: it is shown this once. CI reads it from SITEPOD_TOKEN.");
  return { text: token.token, json: token };
}
