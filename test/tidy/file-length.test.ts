import { expect, test } from "bun:test";
import { checkFileLength } from "./file-length.ts";
import { sourceFile } from "./source-tree.ts";

const file = (lines: number) => sourceFile("src/cli/deploy.ts", "a;\n".repeat(lines));

test("lets 300 lines pass and refuses 301", () => {
  expect(checkFileLength([file(300)], {})).toEqual([]);
  expect(checkFileLength([file(301)], {})).toEqual([
    "src/cli/deploy.ts: 301 lines, at most 300: a file holds one concept; move the second one to a file of its own",
  ]);
});

test("lets a listed file keep its length and refuses that it grows", () => {
  expect(checkFileLength([file(310)], { "src/cli/deploy.ts": 310 })).toEqual([]);
  expect(checkFileLength([file(311)], { "src/cli/deploy.ts": 310 })[0]).toContain("at most 310");
});

test("asks for the list to shrink with the file", () => {
  expect(checkFileLength([file(305)], { "src/cli/deploy.ts": 310 })[0]).toContain("set it to 305");
  expect(checkFileLength([file(20)], { "src/cli/deploy.ts": 310 })[0]).toContain("remove it");
  expect(checkFileLength([], { "src/cli/deploy.ts": 310 })[0]).toContain("remove it");
});
