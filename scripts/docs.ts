// npm run docs: renews the reference pages from their definitions, then builds the site into docs/.vitepress/dist.
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildDocsSite } from "./docs/build-site.ts";
import { formatPage } from "./docs/format-page.ts";
import { writeReferencePages } from "./docs/reference-pages.ts";
import { root } from "./steps/run-command.ts";

try {
  for (const { path, text } of await writeReferencePages()) {
    writeFileSync(join(root, path), await formatPage(path, text));
    console.log(`wrote   ${path}`);
  }
  console.log(`built   ${relative(root, await buildDocsSite())}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
