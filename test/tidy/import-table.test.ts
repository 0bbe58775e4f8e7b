import { expect, test } from "bun:test";
import { checkImportTable } from "./import-table.ts";
import { sourceFile } from "./source-tree.ts";

const doors = { "#model": "src/model/mod.ts", "#db": "src/db/mod.ts", "#store": "src/store/mod.ts" };

function faults(path: string, text: string): string[] {
  return checkImportTable([sourceFile(path, text, doors)]);
}

test("lets a folder import its own files, packages and the doors of its row", () => {
  expect(
    faults("src/control/api/app.ts", 'import { a } from "#db"; import "./b.ts"; import "../c.ts"; import "hono";'),
  ).toEqual([]);
});

test("refuses a door that is not in the folder's row, type-only imports included", () => {
  expect(faults("src/serve/handler.ts", 'import type { A } from "#db";')).toEqual([
    "src/serve/handler.ts: imports #db: src/serve may import model, routing: move the code, or take what you need as an argument and wire it in src/bin",
  ]);
});

test("refuses a path into another folder, dynamic imports included", () => {
  expect(faults("src/control/gc.ts", 'const { a } = await import("../store/disk.ts");')[0]).toContain(
    "import its door #store",
  );
});

test("refuses packages and built-in modules in the model", () => {
  expect(faults("src/model/digest.ts", 'import { join } from "node:path";')[0]).toContain("the model is pure");
  expect(faults("src/model/digest.ts", 'import { z } from "zod";')[0]).toContain("the model is pure");
});

test("lets the model's tests use the test runner and fast-check, and its code neither", () => {
  for (const tool of ["bun:test", "fast-check"]) {
    const code = `import { test } from "${tool}";`;
    expect(faults("src/model/digest.test.ts", code)).toEqual([]);
    expect(faults("src/model/digest.ts", code)[0]).toContain("the model is pure");
  }
});

test("refuses a folder's own door inside the folder", () => {
  expect(faults("src/store/disk.ts", 'import { a } from "#store";')[0]).toContain("inside a folder import ./file.ts");
});

test("refuses a door that package.json does not have", () => {
  expect(faults("src/control/gc.ts", 'import { a } from "#nowhere";')[0]).toContain("no such door");
});

test("refuses a folder without a row", () => {
  expect(faults("src/extras/a.ts", "")[0]).toContain("not in the import table");
});

test("refuses files outside src, except from bin", () => {
  expect(faults("src/cli/version.ts", 'import p from "../../package.json";')[0]).toContain("only src/bin");
  expect(faults("src/bin/version.ts", 'import p from "../../package.json";')).toEqual([]);
});
