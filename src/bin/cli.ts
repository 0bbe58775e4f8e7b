import { homedir } from "node:os";
import { type CommandSpec, runCli, type World } from "#cli";
import { version } from "./version.ts";

/** Runs the CLI on this process's arguments, environment and terminal, and ends with its exit code. */
export async function runInProcess(serve?: World["serve"], serverCommands: readonly CommandSpec[] = []): Promise<void> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  process.once("SIGTERM", () => interrupted.abort());
  const world = {
    version,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    fetch,
    now: Date.now,
    collect: typeof Bun === "undefined" ? undefined : () => Bun.gc(true),
    random: Math.random,
    signal: interrupted.signal,
    ...(serve ? { serve } : {}),
  };
  process.exitCode = await runCli(process.argv.slice(2), world, serverCommands);
}
