import { SitepodError } from "#model";
import { formatServeHelp } from "./serve-help.ts";
import { parseServeOptions } from "./serve-options.ts";
import { startServer } from "./server.ts";

/** How long requests under way may take to end after the server was told to stop. */
const DRAIN_MS = 10_000;

/** `sitepod serve`: runs the server until it is told to stop. Returns the exit code: 1 where it cannot start, 2 on usage. */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    console.log(formatServeHelp());
    return 0;
  }
  try {
    const options = parseServeOptions(argv, process.env);
    const stopped = stopSignal();
    const server = await startServer(options, log);
    console.log(server.greeting);
    await stopped;
    log("Stopping: no new connections, requests under way may end");
    await server.stop(DRAIN_MS);
    return 0;
  } catch (error) {
    if (!(error instanceof SitepodError)) throw error;
    console.error(error.message);
    return error.code === "invalid" ? 2 : 1;
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}

/** One line an event; a cause is shown with its stack, since an operator has nothing else to go by. */
function log(message: string, cause?: unknown): void {
  const details = cause === undefined ? "" : `\n${Bun.inspect(cause)}`;
  console.error(`${new Date().toISOString()} ${message}${details}`);
}
