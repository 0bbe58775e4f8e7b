import { expect, test } from "bun:test";
import { checkDataPlane } from "./data-plane.ts";
import { sourceFile } from "./source-tree.ts";

const doors = { "#store": "src/store/mod.ts", "#routing": "src/routing/mod.ts", "#db": "src/db/mod.ts" };

test("finds the database behind another module and shows the way there", () => {
  const files = [
    sourceFile("src/serve/handler.ts", 'import { a } from "#routing";', doors),
    sourceFile("src/routing/mod.ts", 'export * from "./hosts.ts";', doors),
    sourceFile("src/routing/hosts.ts", 'import { b } from "#db";', doors),
    sourceFile("src/db/mod.ts", "", doors),
  ];
  expect(checkDataPlane(files)).toEqual([
    "src/serve/handler.ts: reaches src/db/mod.ts (src/serve/handler.ts → src/routing/mod.ts → src/routing/hosts.ts → src/db/mod.ts): " +
      "sites must keep serving while the database is gone; hand in a reader or a function from src/bin instead",
  ]);
});

test("finds the control plane behind the process of an edge, which may read the store", () => {
  const files = [
    sourceFile("src/bin/edge-process.ts", 'import { a } from "#store"; import { b } from "./wiring.ts";', doors),
    sourceFile("src/bin/wiring.ts", 'import { c } from "#db";', doors),
    sourceFile("src/store/mod.ts", "", doors),
    sourceFile("src/db/mod.ts", "", doors),
  ];
  expect(checkDataPlane(files)).toEqual([expect.stringContaining("(src/bin/edge-process.ts → src/bin/wiring.ts → ")]);
});

test("is content with a data plane that reaches routing only", () => {
  const files = [
    sourceFile("src/serve/handler.ts", 'import { a } from "#routing";', doors),
    sourceFile("src/routing/mod.ts", "", doors),
  ];
  expect(checkDataPlane(files)).toEqual([]);
});
