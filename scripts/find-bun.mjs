import { existsSync } from "node:fs";
import { join } from "node:path";

/** Returns the path of the pinned Bun's binary, installed by npm as one of its platform packages. Throws where none is. */
export function findBun(root) {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform];
  const cpu = { x64: "x64", arm64: "aarch64" }[process.arch];
  const file = process.platform === "win32" ? "bun.exe" : "bun";
  for (const variant of ["", "-musl", "-baseline", "-musl-baseline"]) {
    const path = join(root, "node_modules", "@oven", `bun-${system}-${cpu}${variant}`, "bin", file);
    if (existsSync(path)) return path;
  }
  throw new Error(`No Bun for ${process.platform} ${process.arch} in node_modules: run npm ci --ignore-scripts.`);
}
