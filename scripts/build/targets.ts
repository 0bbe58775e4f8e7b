/** A platform that the executable is built for, and the packages that its parts come from. */
export interface Target {
  /** As in `--target`. */
  readonly name: string;
  readonly bunTarget: Bun.Build.CompileTarget;
  readonly bunPackage: string;
  /** The native BLAKE3. */
  readonly hashPackage: string;
  /** As `process.platform` and `process.arch` have it there. */
  readonly platform: string;
  readonly arch: string;
}

/** All platforms that an executable is built for. */
export const targets: readonly Target[] = [
  {
    name: "linux-x64",
    bunTarget: "bun-linux-x64",
    bunPackage: "@oven/bun-linux-x64",
    hashPackage: "@napi-rs/blake-hash-linux-x64-gnu",
    platform: "linux",
    arch: "x64",
  },
  {
    name: "linux-arm64",
    bunTarget: "bun-linux-arm64",
    bunPackage: "@oven/bun-linux-aarch64",
    hashPackage: "@napi-rs/blake-hash-linux-arm64-gnu",
    platform: "linux",
    arch: "arm64",
  },
  {
    name: "darwin-x64",
    bunTarget: "bun-darwin-x64",
    bunPackage: "@oven/bun-darwin-x64",
    hashPackage: "@napi-rs/blake-hash-darwin-x64",
    platform: "darwin",
    arch: "x64",
  },
  {
    name: "darwin-arm64",
    bunTarget: "bun-darwin-arm64",
    bunPackage: "@oven/bun-darwin-aarch64",
    hashPackage: "@napi-rs/blake-hash-darwin-arm64",
    platform: "darwin",
    arch: "arm64",
  },
  {
    name: "windows-x64",
    bunTarget: "bun-windows-x64",
    bunPackage: "@oven/bun-windows-x64",
    hashPackage: "@napi-rs/blake-hash-win32-x64-msvc",
    platform: "win32",
    arch: "x64",
  },
];

/** Returns the target of that name. Throws with the list of names where there is none. */
export function findTarget(name: string): Target {
  const target = targets.find((each) => each.name === name);
  if (target === undefined) {
    throw new Error(`Unknown target "${name}": use one of ${targets.map((each) => each.name).join(", ")}.`);
  }
  return target;
}

/** Returns the target that this machine is. Throws where it is none. */
export function findHostTarget(platform: string = process.platform, arch: string = process.arch): Target {
  const target = targets.find((each) => each.platform === platform && each.arch === arch);
  if (target === undefined)
    throw new Error(`No executable is built for ${platform} ${arch}: choose one with --target.`);
  return target;
}

/** Returns the executable's file name: `sitepod` for this machine, `sitepod-darwin-arm64` for another. */
export function formatExecutableName(target: Target, isHost: boolean): string {
  const suffix = target.platform === "win32" ? ".exe" : "";
  return isHost ? `sitepod${suffix}` : `sitepod-${target.name}${suffix}`;
}
