import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folders that travel inside the executable, each under its last name; run from source, they are read from disk. */
const folders = ["dist/console", "examples/welcome"];

let known: ReadonlyMap<string, Blob> | undefined;

/**
 * Returns a file that comes with the program: the built console under `console/…`, the example site under `welcome/…`.
 * Undefined where there is no such file. The blob carries its media type and is read lazily.
 */
export function asset(path: string): Blob | undefined {
  return allAssets().get(path);
}

/** Lists the paths that `asset` knows and that start with `prefix`, sorted. */
export function listAssets(prefix: string): string[] {
  return [...allAssets().keys()].filter((path) => path.startsWith(prefix)).toSorted();
}

function allAssets(): ReadonlyMap<string, Blob> {
  known ??= Bun.embeddedFiles.length > 0 ? embeddedAssets() : sourceAssets();
  return known;
}

function embeddedAssets(): Map<string, Blob> {
  return new Map(Bun.embeddedFiles.map((file) => [(file as Blob & { name: string }).name, file]));
}

function sourceAssets(): Map<string, Blob> {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const present = folders.map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  return new Map(
    present.flatMap((folder) =>
      [...new Bun.Glob("**/*").scanSync({ cwd: folder, dot: true })].map(
        (name) => [`${basename(folder)}/${name.replaceAll("\\", "/")}`, Bun.file(join(folder, name))] as const,
      ),
    ),
  );
}
