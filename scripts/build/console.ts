import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { newestConsoleSourceMs } from "../steps/console-sources.ts";
import { root, runCommand } from "../steps/run-command.ts";

const source = join(root, "src/console");
const output = join(root, "dist/console");
const config = join(source, "vite.config.ts");

/** Builds the web console into dist/console, unless what is there is newer than every source. Throws where Vite fails. */
export async function buildConsole(): Promise<void> {
  const page = join(output, "index.html");
  if (existsSync(page) && statSync(page).mtimeMs > newestConsoleSourceMs()) return;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const options = ["--config", config, "--outDir", output, "--emptyOutDir", "--logLevel", "warn"];
  const built = await runCommand([process.execPath, vite, "build", ...options], { cwd: source });
  if (built.code !== 0) throw new Error(`The console does not build:\n${built.output}`);
}
