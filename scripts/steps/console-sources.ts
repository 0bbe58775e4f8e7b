import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./run-command.ts";

const stamp = join(root, "node_modules/.cache/sitepod/console-types");

/** When the console last changed: its folder, the messages and model it imports, or the packages. Milliseconds since the epoch. */
export function newestConsoleSourceMs(): number {
  const folders = ["src/console", "src/wire", "src/model"].map((folder) => join(root, folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  return Math.max(...[...files, join(root, "package-lock.json")].map((path) => statSync(path).mtimeMs));
}

/** Whether the console's types were found good since it last changed: the slowest check need not be made again. */
export const areConsoleTypesGood = (): boolean =>
  existsSync(stamp) && statSync(stamp).mtimeMs > newestConsoleSourceMs();

export function noteConsoleTypesAreGood(): void {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, "");
}
