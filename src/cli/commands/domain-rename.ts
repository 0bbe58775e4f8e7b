import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";

export async function run(
  context: Context,
  [subdomain]: readonly (string | undefined)[],
  { name }: { name?: string },
): Promise<Result> {
  const [site, client] = await Promise.all([context.site(name), context.client()]);
  const renamed = await client.rename(site, subdomain!);
  return {
    text: `${site} is now at ${context.paint.cyan(renamed.domain)}; ${renamed.old_subdomain} redirects to it.`,
    json: renamed,
  };
}
