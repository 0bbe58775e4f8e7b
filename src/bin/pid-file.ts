import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes this process's id to the file, whole at any moment, and removes it at the end unless another process has written it
 * since. Does nothing without a path.
 */
export function writePidFile(path: string | undefined): Disposable {
  if (path === undefined) return { [Symbol.dispose]() {} };
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${process.pid}\n`);
  renameSync(aside, path);
  return {
    [Symbol.dispose]() {
      if (readFileSync(path, "utf8").trim() === String(process.pid)) rmSync(path);
    },
  };
}
