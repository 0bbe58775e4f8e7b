import { basename, dirname, resolve } from "node:path";
import type { Context } from "../context.ts";
import { askText } from "../terminal/prompts.ts";
import { faultOfName } from "./fault-of-name.ts";
import { suggestSiteName } from "./site-name.ts";

/** Names that say how a folder came to be, not what is in it. */
const OUTPUT_FOLDERS = new Set(["build", "dist", "html", "out", "public", "site", "_site", "www"]);

/**
 * Names the site of a folder that is deployed. Where neither the option nor a `sitepod.toml` does, somebody at a terminal is
 * asked; elsewhere the deploy fails later, and says why.
 */
export async function chooseSite(
  context: Context,
  source: string,
  named: string | undefined,
): Promise<string | undefined> {
  if (named !== undefined || !context.isInteractive || (await context.project())) return named;
  // Nobody should answer a question only to be told to log in.
  await context.client();
  const initial = suggestSiteName(nameOfFolder(resolve(context.world.cwd, source)));
  return await askText(context, { message: "The site's name", initial, check: faultOfName });
}

/** `/home/ann/shop/dist` → `shop` */
export function nameOfFolder(folder: string): string {
  const name = basename(folder);
  return OUTPUT_FOLDERS.has(name.toLowerCase()) ? basename(dirname(folder)) || name : name;
}
