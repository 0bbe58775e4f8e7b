import { expect, test } from "bun:test";
import { checkForbiddenUses } from "./forbidden-uses.ts";
import { sourceFile } from "./source-tree.ts";

function faults(path: string, text: string): string[] {
  return checkForbiddenUses([sourceFile(path, text)]);
}

test.each([
  "Date.now()",
  "Math.random()",
  "crypto.randomUUID()",
  "randomUUID()",
  "new Date()",
  "new Date",
  "performance.now()",
])("refuses %s in a pure module and names the line", (code) => {
  for (const folder of ["model", "wire", "routing", "diff"]) {
    const [fault] = faults(`src/${folder}/a.ts`, `\nconst a = ${code};`);
    expect(fault).toStartWith(`src/${folder}/a.ts:2: `);
    expect(fault).toContain("as arguments");
  }
});

test("lets a pure module parse a date it is given", () => {
  expect(faults("src/model/a.ts", "const a = new Date(text).getTime();")).toEqual([]);
});

test("does not mind comments, strings and tests", () => {
  expect(faults("src/model/a.ts", '// Date.now()\nconst a = "Math.random()";')).toEqual([]);
  expect(faults("src/model/a.test.ts", "Date.now();")).toEqual([]);
});

test("lets bun:sqlite into src/db only", () => {
  expect(faults("src/db/open.ts", 'import { Database } from "bun:sqlite";')).toEqual([]);
  expect(faults("src/control/a.ts", 'import { Database } from "bun:sqlite";')[0]).toContain("only src/db");
  expect(faults("src/control/a.ts", 'await import("bun:sqlite")')[0]).toContain("only src/db");
});

test("lets only bin read the environment, listen and exit", () => {
  for (const code of ["process.env.HOME", "process.exit(1)", "Bun.serve({})"]) {
    expect(faults("src/control/a.ts", code)[0]).toContain("only src/bin");
    expect(faults("src/bin/a.ts", code)).toEqual([]);
  }
});

test("keeps Bun out of what the npm package runs on Node", () => {
  expect(faults("src/cli/a.ts", 'Bun.file("a")')[0]).toContain("plain Node");
  expect(faults("src/cli/a.ts", 'import { $ } from "bun";')[0]).toContain("plain Node");
});

test("keeps the schemas of the API out of what a server at rest holds", () => {
  expect(faults("src/control/release/a.ts", "api.planRequest.parse(body)")[0]).toContain("at rest");
  expect(faults("src/control/api/a.ts", "api.planRequest.parse(body)")).toEqual([]);
});
