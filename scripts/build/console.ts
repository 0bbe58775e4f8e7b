import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, runCommand } from "../steps/run-command.ts";

const source = join(root, "src/console");
const output = join(root, "dist/console");
const config = join(source, "vite.config.ts");

/** Builds the web console into dist/console, unless what is there is newer than every source. Throws where Vite fails. */
export async function buildConsole(): Promise<void> {
  const page = join(output, "index.html");
  if (existsSync(page) && statSync(page).mtimeMs > newestSourceMs()) return;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const options = ["--config", config, "--outDir", output, "--emptyOutDir", "--logLevel", "warn"];
  const built = await runCommand([process.execPath, vite, "build", ...options], { cwd: source });
  if (built.code !== 0) throw new Error(`The console does not build:\n${built.output}`);
}

/** What the console is made of: its folder, the messages and model it imports, and the packages. */
function newestSourceMs(): number {
  const folders = [source, join(root, "src/wire"), join(root, "src/model")];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  return Math.max(...[...files, join(root, "package-lock.json")].map((path) => statSync(path).mtimeMs));
}
