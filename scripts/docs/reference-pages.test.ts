import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../steps/run-command.ts";
import { formatPage } from "./format-page.ts";
import { writeReferencePages } from "./reference-pages.ts";

for (const { path, text } of await writeReferencePages()) {
  test(`${path} says what the program does: after a change, run npm run docs`, async () => {
    expect(readFileSync(join(root, path), "utf8")).toBe(await formatPage(path, text));
  });
}
