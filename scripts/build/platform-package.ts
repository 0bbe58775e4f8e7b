import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { root, runCommand } from "../steps/run-command.ts";

/** What package-lock.json says of one package. */
export interface Pin {
  readonly version: string;
  /** `sha512-…` in base64, of the archive. */
  readonly integrity: string;
}

/**
 * Returns the folder of a platform's package (`@oven/bun-darwin-aarch64`): the installed one, or else a copy fetched by
 * npm into node_modules/.cache, byte for byte what package-lock.json pins. Throws where npm cannot fetch that.
 */
export async function findPlatformPackage(name: string): Promise<string> {
  const installed = join(root, "node_modules", name);
  if (existsSync(installed)) return installed;
  const pin = findPin(readFileSync(join(root, "package-lock.json"), "utf8"), name);
  const folder = join(root, "node_modules/.cache/platforms", `${name.replace("/", "+")}@${pin.version}`);
  if (!existsSync(folder)) await fetchPackage(name, pin, folder);
  return folder;
}

/** Returns the file of a package's folder whose name matches. Throws where there is none. */
export function findPackageFile(folder: string, pattern: RegExp): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const name = names.find((each) => pattern.test(basename(each)));
  if (name === undefined) throw new Error(`No file like ${pattern} in ${folder}: remove that folder and build again.`);
  return join(folder, name);
}

/** Reads a package's pin from the text of package-lock.json. Throws where it has none. */
export function findPin(lockFile: string, name: string): Pin {
  const { packages } = JSON.parse(lockFile) as { packages: Record<string, Partial<Pin>> };
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(`package-lock.json does not pin ${name}: check its name in scripts/build/targets.ts.`);
  }
  return { version, integrity };
}

/** Tells whether an archive is the one that was pinned. */
export function matchesPin(archive: Uint8Array, pin: Pin): boolean {
  return `sha512-${createHash("sha512").update(archive).digest("base64")}` === pin.integrity;
}

async function fetchPackage(name: string, pin: Pin, folder: string): Promise<void> {
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    console.log(`fetch   ${name}@${pin.version}`);
    await run(["npm", "pack", `${name}@${pin.version}`, "--pack-destination", aside]);
    const archive = findPackageFile(aside, /\.tgz$/);
    if (!matchesPin(readFileSync(archive), pin)) {
      throw new Error(
        `${name}@${pin.version} is not what package-lock.json pins: do not use it; look into the registry.`,
      );
    }
    await run(["tar", "-xzf", archive, "-C", aside]);
    renameSync(join(aside, "package"), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function run(command: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command);
  if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${output.trim()}`);
}
