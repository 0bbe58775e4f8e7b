import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../steps/run-command.ts";

const readme = `# sitepod

The command line of SitePod: release a directory to a server of your own.

    npx sitepod login --endpoint https://sitepod.example.com
    npx sitepod deploy ./dist --prod

It runs on Node 20 or newer. The server is the executable \`sitepod\`, which holds this same command line.
`;

/**
 * Bundles the command line for plain Node into dist/npm, ready for \`npm pack\`, and returns that folder. Its one
 * dependency is the native BLAKE3, whose platform npm chooses when it installs.
 */
export async function buildNpmPackage(): Promise<string> {
  const folder = join(root, "dist/npm");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const built = await Bun.build({
    entrypoints: [join(root, "src/bin/sitepod-node.ts")],
    outdir: folder,
    naming: { entry: "sitepod.js", chunk: "chunk-[hash].js" },
    target: "node",
    format: "esm",
    splitting: true,
    external: ["@napi-rs/blake-hash"],
    banner: "#!/usr/bin/env node",
    minify: { syntax: true, whitespace: true },
    throw: false,
  });
  if (!built.success) throw new Error(built.logs.map(String).join("\n"));
  const published = {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    type: "module",
    engines: manifest.engines,
    bin: { sitepod: "sitepod.js" },
    files: ["*.js"],
    dependencies: { "@napi-rs/blake-hash": manifest.dependencies["@napi-rs/blake-hash"] },
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  writeFileSync(join(folder, "README.md"), readme);
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  return folder;
}
