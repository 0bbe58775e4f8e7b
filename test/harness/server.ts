import { join } from "node:path";
import { executable } from "./repository.ts";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** The real server, in a process of its own, on a port of its own. */
export interface Server extends AsyncDisposable {
  /** Where its API answers: `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** The domain whose subdomains are sites. */
  readonly domain: string;
  /** The data folder. */
  readonly data: string;
  readonly pid: number;
  output(): string;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** Kills it as `kill -9` does, and waits. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** The path of the executable; where absent, the one that was built. */
  readonly program?: string;
  /** The data folder; where absent, a temporary one that is removed at the end. */
  readonly data?: string;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly domain?: string;
  /** More flags of `sitepod serve`. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `sitepod serve` and resolves when it answers. Throws with what it printed where it does not. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const { data = join(folder.path, "data"), port = 0, domain = "sites.test", flags = [] } = options;
  const command = [
    options.program ?? executable,
    "serve",
    "--data",
    data,
    "--port",
    String(port),
    "--domain",
    domain,
    ...flags,
  ];
  const running = cleanup.use(startProcess(command, { cwd: folder.path, env: options.env ?? {} }));

  const describe = () => `It printed:\n${running.output()}`;
  const actualPort = await waitUntil(
    "the server prints its address",
    () => {
      if (running.exitCode() !== undefined) throw new Error(`The server has ended. ${describe()}`);
      return Number(/https?:\/\/[^\s/:]+:(\d+)/.exec(running.output())?.[1]) || undefined;
    },
    { describe },
  );
  // With HTTPS on, the address printed is that of HTTPS; this machine may use HTTP all the same.
  const url = `http://127.0.0.1:${port === 0 ? actualPort : port}`;
  // An edge has no API of its own.
  const probe = flags.includes("edge") ? "/readyz" : "/api/v1/health";
  await waitUntil("the server is healthy", async () => (await fetch(`${url}${probe}`).catch(() => undefined))?.ok, {
    describe,
  });

  const owned = cleanup.move();
  return {
    url,
    port: actualPort,
    domain,
    data,
    pid: running.pid,
    output: running.output,
    stop: () => running.end("SIGTERM"),
    kill: () => running.end("SIGKILL"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
