import { createApiClient } from "../api-client.ts";
import type { Result } from "../command-spec.ts";
import type { Context } from "../context.ts";
import { openInBrowser } from "../terminal/browser.ts";

export async function run(context: Context): Promise<Result> {
  const { endpoint } = await context.server();
  const { console_url: url } = await createApiClient(context.world, endpoint, undefined).config();
  openInBrowser(context, url);
  return { text: context.paint.cyan(url), json: { url } };
}
