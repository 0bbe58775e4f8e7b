#!/usr/bin/env node
// `npm run bun -- test src/routing`: the pinned Bun. Its own package is installed without the script that fetches a binary.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "./find-bun.mjs";
import { passSignals } from "./pass-signals.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
passSignals(spawn(findBun(root), process.argv.slice(2), { stdio: "inherit" }));
