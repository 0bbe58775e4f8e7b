import { spawnSync } from "node:child_process";
import { copyFile, link, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executable } from "./repository.ts";
import { type Server, startServer } from "./server.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A server that may be another process from one moment to the next. */
export interface RestartableServer extends AsyncDisposable {
  /** The first of the processes. */
  readonly server: Server;
  /** The process that serves now. */
  pid(): Promise<number>;
  /** Tells it to restart, and resolves once another process serves. */
  restart(): Promise<void>;
  /** Tells it to restart, and resolves once it has said that this failed. */
  failToRestart(): Promise<void>;
  /** Puts a program in the place of the server's own, as an upgrade does; undefined: the right one again. */
  replaceProgram(script: string | undefined): Promise<void>;
}

export async function startRestartable(flags: readonly string[], port: number): Promise<RestartableServer> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const [program, pidFile] = [join(folder.path, "sitepod"), join(folder.path, "pid")];
  const place = (to: string) => link(executable, to).catch(() => copyFile(executable, to));
  await place(program);
  const server = cleanup.use(await startServer({ program, port, flags: ["--pid-file", pidFile, ...flags] }));
  const pid = async () => Number(await readFile(pidFile, "utf8"));
  cleanup.defer(async () => {
    const last = await pid();
    // One that has ended leaves nothing to kill.
    if (last !== server.pid) spawnSync("kill", ["-9", `${last}`]);
  });
  const owned = cleanup.move();

  async function tell(said: RegExp): Promise<void> {
    const before = server.output().length;
    process.kill(await pid(), "SIGUSR2");
    await waitUntil("it has said so", () => said.test(server.output().slice(before)), { describe: server.output });
  }
  return {
    server,
    pid,
    restart: () => tell(/has taken over/),
    failToRestart: () => tell(/this one serves on/),
    async replaceProgram(script) {
      const aside = `${program}.new`;
      await (script === undefined ? place(aside) : writeFile(aside, script, { mode: 0o755 }));
      await rename(aside, program);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
