import { type Check, isCode, isTest, type SourceFile } from "./source-tree.ts";

/** Where programs start: executables, npm scripts, the console's page, what build tools read, what a test starts. */
const entry =
  /^(src\/bin\/(sitepod(-node)?|(compress|order)-worker)\.ts|(scripts|bench)\/[^/]+\.(ts|mjs)|src\/console\/(main|src\/main|deploy\/hash-worker)\.ts|(.*\/)?[a-z]+\.config\.(ts|mjs|js)|docs\/.*|test\/e2e\/hostile\/attack\.ts|test\/(conformance\/postgres\/schedule|harness\/pointer)-process\.ts)$/;

/** Every file of code is reached from a program or a test. A file's own test does not keep it alive. */
export const checkDeadFiles: Check = (files) => {
  const code = files.filter(isCode);
  const byPath = new Map(code.map((file) => [file.path, file]));
  const alive = new Set<string>();
  const visit = (file: SourceFile): void => {
    if (alive.has(file.path)) return;
    alive.add(file.path);
    for (const { target } of file.imports) {
      const next = target === undefined ? undefined : byPath.get(target);
      if (next !== undefined && !isOwnTest(file, next)) visit(next);
    }
  };
  for (const file of code) if (entry.test(file.path) || isTest(file)) visit(file);
  return code
    .filter((file) => !alive.has(file.path) && !file.path.endsWith(".d.ts") && !file.path.startsWith("examples/"))
    .map(
      (file) =>
        `${file.path}: nothing but perhaps its own test imports it: use it, export it at the folder's door, or delete it`,
    );
};

function isOwnTest(test: SourceFile, file: SourceFile): boolean {
  return test.path === file.path.replace(/\.ts$/, ".test.ts");
}
