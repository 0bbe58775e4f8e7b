import type { ShownAs, TrafficRange } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { formatTraffic } from "../terminal/traffic.ts";

interface TrafficOptions {
  readonly range: TrafficRange;
  readonly env?: ShownAs;
  readonly name?: string;
}

export async function run(
  context: Context,
  [site]: readonly (string | undefined)[],
  { range, env, name }: TrafficOptions,
): Promise<Result> {
  const [project, client] = await Promise.all([context.site(site ?? name), context.client()]);
  const traffic = await client.traffic(project, range, env);
  return { text: formatTraffic(traffic, context.paint), json: traffic };
}
