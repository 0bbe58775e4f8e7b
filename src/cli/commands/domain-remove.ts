import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { requireYes } from "../terminal/prompts.ts";

export async function run(
  context: Context,
  [domain]: readonly (string | undefined)[],
  { slug }: { slug?: string },
): Promise<Result> {
  const client = await context.client();
  const shown = `${domain}${slug ?? ""}`;
  await requireYes(
    context,
    `Remove ${shown}? It stops being served at once. If it is the last on its domain, the domain is free for others, and ` +
      "adding it again takes a new TXT record.",
  );
  const removed = await client.removeDomain(domain!, slug);
  return { text: `${shown} is removed.`, json: { domain, ...(slug === undefined ? {} : { slug }), ...removed } };
}
