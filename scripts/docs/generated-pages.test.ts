import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../steps/run-command.ts";
import { readDecisions, writeGeneratedPages } from "./generated-pages.ts";

for (const { path, text } of await writeGeneratedPages()) {
  test(`${path} says what its definitions say: after a change, run npm run docs`, () => {
    expect(readFileSync(join(root, path), "utf8")).toBe(text);
  });
}

test("every runtime dependency has a page in docs/decisions that names it", () => {
  const decisions = readDecisions()
    .map(({ text }) => text)
    .join("\n");
  const unexplained = Object.keys(manifest.dependencies).filter((name) => !decisions.includes(`\`${name}\``));
  expect(unexplained).toEqual([]);
});
