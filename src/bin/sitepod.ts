#!/usr/bin/env bun
import { EDGE_ARGUMENT } from "./edge-argument.ts";
import { version } from "./version.ts";

/** The executable's entry. What is not asked for is not loaded: the version needs neither half, the CLI no server. */
const [argument] = process.argv.slice(2);

if (argument === "--version" || argument === "-V" || argument === "-v") {
  console.log(version);
} else if (argument === EDGE_ARGUMENT && process.send) {
  const { runEdgeProcess } = await import("./edge-process.ts");
  runEdgeProcess();
} else {
  const { runInProcess } = await import("./cli.ts");
  const { SERVER_COMMANDS } = await import("./server-command-table.ts");
  await runInProcess(async (argv) => {
    const { serveCommand } = await import("./serve.ts");
    return await serveCommand(argv);
  }, SERVER_COMMANDS);
}
