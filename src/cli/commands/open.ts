import type { Environment } from "#model";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { openInBrowser } from "../terminal/browser.ts";

interface OpenOptions {
  readonly env: Environment;
  readonly name?: string;
}

export async function run(context: Context, _: readonly unknown[], { env, name }: OpenOptions): Promise<Result> {
  const [site, client] = await Promise.all([context.site(name), context.client()]);
  const { url, version } = await client.current(site, env);
  openInBrowser(context, url);
  return { text: context.paint.cyan(url), json: { url, version, project: site, environment: env } };
}
