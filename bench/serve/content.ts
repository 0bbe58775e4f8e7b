import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { root } from "../../test/harness/repository.ts";

const KIB = 1024;
/** Real code, minified as sites are. */
const CODE = "node_modules/svelte/compiler/index.js";

/** Writes the files that every server serves: `page.html`, `bundle.js` with its compressed forms, `film.bin`. */
export async function writeContent(folder: string): Promise<void> {
  await mkdir(folder);
  const page = `<!doctype html><title>Page</title>${"<p>Forty words of a page that nobody reads.</p>\n".repeat(100)}`;
  const code = await readFile(join(root, CODE));
  await writeFile(join(folder, "page.html"), page.slice(0, 4 * KIB));
  await writeFile(join(folder, "bundle.js"), code.subarray(0, 100 * KIB));
  await writeFile(join(folder, "film.bin"), randomBytes(10 * KIB * KIB));
  // Each server is told to serve a file at its own name.
  await writeFile(join(folder, "sitepod.toml"), '[serve]\nhtml_handling = "none"\n');
}

/** Puts beside the bundle what nginx and Caddy send of it: as well compressed as ours. */
export async function compressContent(folder: string): Promise<void> {
  const bundle = await readFile(join(folder, "bundle.js"));
  const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bundle.length };
  await writeFile(join(folder, "bundle.js.br"), brotliCompressSync(bundle, { params: brotli }));
  await writeFile(join(folder, "bundle.js.gz"), gzipSync(bundle, { level: 9 }));
}
