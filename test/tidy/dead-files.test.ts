import { expect, test } from "bun:test";
import { checkDeadFiles } from "./dead-files.ts";
import { sourceFile } from "./source-tree.ts";

test("finds a file that nothing imports, and one that only its own test does", () => {
  const files = [
    sourceFile("src/bin/sitepod.ts", 'import "./serve.ts";'),
    sourceFile("src/bin/serve.ts", ""),
    sourceFile("src/cli/forgotten.ts", ""),
    sourceFile("src/cli/tested.ts", ""),
    sourceFile("src/cli/tested.test.ts", 'import "./tested.ts";'),
  ];
  const faults = checkDeadFiles(files);
  expect(faults.map((fault) => fault.split(":")[0])).toEqual(["src/cli/forgotten.ts", "src/cli/tested.ts"]);
});

test("counts dynamic imports, the console's page and what other tests use", () => {
  const files = [
    sourceFile("src/bin/sitepod.ts", 'await import("./serve.ts");'),
    sourceFile("src/bin/serve.ts", ""),
    sourceFile("src/console/main.ts", 'import App from "./App.svelte";'),
    sourceFile("src/console/App.svelte", '<script lang="ts">import "./state.ts";</script>'),
    sourceFile("src/console/state.ts", ""),
    sourceFile("src/store/disk.test.ts", 'import "./store-suite.ts";'),
    sourceFile("src/store/store-suite.ts", ""),
  ];
  expect(checkDeadFiles(files)).toEqual([]);
});
