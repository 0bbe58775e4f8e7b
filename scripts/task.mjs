#!/usr/bin/env node
// The way into every npm script: plain Node, nothing installed yet. It installs what package-lock.json names when that
// is missing or has changed, then hands over to the pinned Bun. Packages' install scripts are not run: Bun's binary is
// taken from the platform package itself.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "./find-bun.mjs";
import { passSignals } from "./pass-signals.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [task, ...args] = process.argv.slice(2);

installPackages();
const child = spawn(findBun(root), ["run", join(root, "scripts", `${task}.ts`), ...args], {
  stdio: "inherit",
  cwd: root,
});
passSignals(child);

function installPackages() {
  const stamp = join(root, "node_modules", ".sitepod-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  process.stderr.write("Installing packages (once) ...\n");
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    process.stderr.write("npm ci failed: see the messages above. Check the network and run the command again.\n");
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}
