import { expect, test } from "bun:test";
import { checkImportCycles } from "./import-cycles.ts";
import { sourceFile } from "./source-tree.ts";

test("finds a cycle of three files once and shows it", () => {
  const files = [
    sourceFile("src/cli/a.ts", 'import "./b.ts";'),
    sourceFile("src/cli/b.ts", 'export * from "./c.ts";'),
    sourceFile("src/cli/c.ts", 'import type { A } from "./a.ts";'),
  ];
  expect(checkImportCycles(files)).toEqual([
    "src/cli/a.ts: import cycle: src/cli/a.ts → src/cli/b.ts → src/cli/c.ts → src/cli/a.ts: move what both need into a file of its own",
  ]);
});

test("does not mind that two files need the same third", () => {
  const files = [
    sourceFile("src/cli/a.ts", 'import "./b.ts"; import "./c.ts";'),
    sourceFile("src/cli/b.ts", 'import "./c.ts";'),
    sourceFile("src/cli/c.ts", ""),
  ];
  expect(checkImportCycles(files)).toEqual([]);
});
