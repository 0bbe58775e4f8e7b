import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BunPlugin } from "bun";
import { root } from "../steps/run-command.ts";
import { findPackageFile, findPlatformPackage } from "./platform-package.ts";
import { findHostTarget, formatExecutableName, type Target } from "./targets.ts";

/** Folders embedded in the executable; src/bin/assets.ts finds them by their last name. */
const embeddedFolders = ["dist/console", "examples/welcome"];

/** Compiles server, CLI and assets into one file in dist/ and returns its path. Throws where something does not build. */
export async function buildExecutable(target: Target): Promise<string> {
  const isHost = target.name === findHostTarget().name;
  const outfile = join(root, "dist", formatExecutableName(target, isHost));
  const bunPackage = await findPlatformPackage(target.bunPackage);
  const hashPackage = await findPlatformPackage(target.hashPackage);
  mkdirSync(join(root, "dist"), { recursive: true });
  // A running executable cannot be written to, but can be replaced.
  rmSync(outfile, { force: true });
  const built = await Bun.build({
    entrypoints: ["sitepod.ts", "compress-worker.ts", "order-worker.ts"].map((file) => join(root, "src/bin", file)),
    compile: {
      target: target.bunTarget,
      executablePath: findPackageFile(bunPackage, /^bun(\.exe)?$/),
      outfile,
      assets: embeddedFolders.map((folder) => join(root, folder)).filter((folder) => existsSync(folder)),
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
    target: "bun",
    format: "esm",
    minify: { syntax: true, whitespace: true, identifiers: true, keepNames: true },
    // Commands and server are chunks of their own, compiled ahead of time: `sitepod --version` reads neither.
    splitting: true,
    bytecode: true,
    plugins: [embedNativeHash(findPackageFile(hashPackage, /\.node$/))],
    throw: false,
  });
  if (!built.success) throw new Error(built.logs.map(String).join("\n"));
  return outfile;
}

/**
 * Replaces the BLAKE3 package's loader, which looks for the machine's addon when it runs, by the target's addon itself,
 * so that it is embedded whatever machine builds.
 */
function embedNativeHash(addon: string): BunPlugin {
  return {
    name: "embed-native-hash",
    setup(build) {
      build.onLoad({ filter: /blake-hash[\\/]index\.js$/ }, () => {
        return { contents: `Object.assign(exports, require(${JSON.stringify(addon)}));`, loader: "js" };
      });
    },
  };
}
