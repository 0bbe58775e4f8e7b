// npm run docs: renews the generated pages, then builds the site into docs/.vitepress/dist.
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { buildDocsSite } from "./docs/build-site.ts";
import { writeGeneratedPages } from "./docs/generated-pages.ts";
import { root } from "./steps/run-command.ts";

try {
  for (const { path, text } of await writeGeneratedPages()) {
    writeFileSync(join(root, path), text);
    console.log(`wrote   ${path}`);
  }
  console.log(`built   ${relative(root, await buildDocsSite())}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
