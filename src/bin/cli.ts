import { homedir } from "node:os";
import { type CommandSpec, runCli, type World } from "#cli";
import { version } from "./version.ts";

/** Runs the CLI on this process's arguments, environment and terminal, and ends with its exit code. */
export async function runInProcess(serve?: World["serve"], serverCommands: readonly CommandSpec[] = []): Promise<void> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  process.once("SIGTERM", () => interrupted.abort());
  process.stdout.on("error", endUnwritten);
  process.stderr.on("error", endUnwritten);
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

/** Who reads the output has had enough (`| head`), which is no failure; or it goes to a disk that is full. */
function endUnwritten(error: Error & { code?: string }): void {
  if (error.code !== "EPIPE") console.error(`✗ The output could not be written: ${error.message}`);
  process.exit(error.code === "EPIPE" ? (process.exitCode ?? 0) : 1);
}
