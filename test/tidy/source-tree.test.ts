import { expect, test } from "bun:test";
import { readTree, sourceFile } from "./source-tree.ts";

test("sees imports of every kind, and those of Svelte components", () => {
  const code = [
    'import a from "./a.ts";',
    'import type { B } from "./b.ts";',
    'export * from "./c.ts";',
    'export * as e from "./e.ts";',
    'export type * as F from "./f.ts";',
    'type G = import("./g.ts").G;',
    'const d = await import("../d.ts");',
    'import "#model";',
    '// import "./comment.ts"',
  ].join("\n");
  const targets = (path: string, text: string) =>
    sourceFile(path, text, { "#model": "src/model/mod.ts" }).imports.map((use) => use.target);
  const expected = [
    "src/cli/a.ts",
    "src/cli/b.ts",
    "src/cli/c.ts",
    "src/cli/e.ts",
    "src/cli/f.ts",
    "src/cli/g.ts",
    "src/d.ts",
    "src/model/mod.ts",
  ];
  expect(targets("src/cli/x.ts", code)).toEqual(expected);
  expect(targets("src/cli/X.svelte", `<script lang="ts">\n${code}\n</script>\n<p>import "./no.ts"</p>`)).toEqual(
    expected,
  );
});

test("reads this repository", () => {
  const paths = readTree().map((file) => file.path);
  expect(paths).toContain("src/model/mod.ts");
  expect(paths).toContain("test/tidy/source-tree.test.ts");
  expect(paths.some((path) => path.includes("node_modules"))).toBe(false);
});
