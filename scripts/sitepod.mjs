#!/usr/bin/env node
// `npx sitepod` inside a clone: runs the source by the pinned Bun.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "./find-bun.mjs";
import { passSignals } from "./pass-signals.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const child = spawn(findBun(root), [join(root, "src", "bin", "sitepod.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
passSignals(child);
