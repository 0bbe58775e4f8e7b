import { join } from "node:path";
import { root, runCommand } from "../steps/run-command.ts";

/** Builds the documentation site into `folder`. A link that leads nowhere fails the build. Throws with what VitePress says. */
export async function buildDocsSite(folder: string = join(root, "docs/.vitepress/dist")): Promise<string> {
  const vitepress = join(root, "node_modules/vitepress/bin/vitepress.js");
  const built = await runCommand([process.execPath, vitepress, "build", "docs", "--outDir", folder]);
  if (built.code !== 0) throw new Error(`The documentation does not build:\n${built.output}`);
  return folder;
}
