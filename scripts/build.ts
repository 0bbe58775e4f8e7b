// npm run build [-- --target NAME]: the executable in dist/, for this machine with the npm package beside it.
import { statSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { buildConsole } from "./build/console.ts";
import { buildExecutable } from "./build/executable.ts";
import { buildNpmPackage } from "./build/npm-package.ts";
import { findHostTarget, findTarget } from "./build/targets.ts";
import { root } from "./steps/run-command.ts";

try {
  const { values } = parseArgs({ options: { target: { type: "string" } } });
  const target = values.target === undefined ? findHostTarget() : findTarget(values.target);
  await buildConsole();
  const executable = await buildExecutable(target);
  console.log(`built   ${relative(root, executable)} (${Math.round(statSync(executable).size / 1e6)} MB)`);
  if (values.target === undefined) console.log(`built   ${relative(root, await buildNpmPackage())}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
