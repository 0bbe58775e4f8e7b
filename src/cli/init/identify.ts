import type { Context } from "../context.ts";
import { chooseSite } from "./choose-site.ts";
import { ensureProject } from "./ensure-project.ts";

/**
 * Sees to it, at a terminal, that what is deployed has a site: a project gets its `sitepod.toml`, a folder that was named a
 * site's name. Returns the options with it.
 */
export async function identify<Options extends { readonly name?: string }>(
  context: Context,
  source: string | undefined,
  options: Options,
): Promise<Options> {
  if (source === undefined) {
    await ensureProject(context);
    return options;
  }
  const name = await chooseSite(context, source, options.name);
  return name === undefined ? options : { ...options, name };
}
