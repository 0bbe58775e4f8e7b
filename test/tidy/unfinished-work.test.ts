import { expect, test } from "bun:test";
import { sourceFile } from "./source-tree.ts";
import { checkUnfinishedWork } from "./unfinished-work.ts";

const note = ["TO", "DO"].join("");

test("finds a note in any text file and names the line", () => {
  expect(checkUnfinishedWork([sourceFile("docs/guide.md", `# Guide\n\n${note}: write\n`)])).toEqual([
    `docs/guide.md:3: ${note}: finish it, or leave it out and open an issue`,
  ]);
});

test("does not mind the letters inside a longer word", () => {
  expect(checkUnfinishedWork([sourceFile("src/cli/a.ts", `const ${note}S = 1; // mastodon`)])).toEqual([]);
});
