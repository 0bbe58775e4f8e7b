import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run-command.ts";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/** Returns the optional packages that are wanted but not pinned: `npm ci` refuses such a lock file. */
function findUnpinned({ packages }: LockFile): string[] {
  const paths = Object.keys(packages);
  return Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => `${name}@${version}`),
  );
}

test("package-lock.json pins the binaries of every platform, so that npm ci works on all of them", () => {
  expect(findUnpinned(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as LockFile)).toEqual([]);
});

test("a platform's binary that is missing is found", () => {
  const lock = {
    packages: {
      "node_modules/a": { optionalDependencies: { "a-linux": "1.0.0", "a-darwin": "1.0.0" } },
      "node_modules/a-linux": {},
    },
  };
  expect(findUnpinned(lock)).toEqual(["a-darwin@1.0.0"]);
});
