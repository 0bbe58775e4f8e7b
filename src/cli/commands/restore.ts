import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(
  context: Context,
  [named]: readonly (string | undefined)[],
  { name }: { name?: string },
): Promise<Result> {
  const site = await context.site(named ?? name);
  const client = await context.client();
  const restored = await client.restore(site);
  const lost = restored.domains.some(({ status }) => status !== "active");
  if (lost) context.report.warn("Not all of its domains came back with it: `sitepod domain list` shows those it has.");
  return { text: restored.message, json: restored };
}
