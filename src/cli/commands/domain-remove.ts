import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(context: Context, [domain]: readonly (string | undefined)[]): Promise<Result> {
  const client = await context.client();
  await requireYes(context, `Remove ${domain}? It stops being served.`);
  const removed = await client.removeDomain(domain!);
  return { text: `${domain} is removed.`, json: { domain, ...removed } };
}
