import { SitepodError } from "#model";
import { createLog } from "./log.ts";
import { formatServeHelp } from "./serve-help.ts";
import { DRAIN_MS } from "./drain.ts";
import { startEdgeServer } from "./edge-server.ts";
import { parseServeOptions } from "./serve-options.ts";
import { startServer } from "./server.ts";
import { decideTraces } from "./trace-options.ts";

/**
 * `sitepod serve`: runs the server until it is told to stop, and returns the exit code. Where it cannot start, the process
 * ends with 1, on usage with 2: what had begun to listen would keep it alive.
 */
export async function serveCommand(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    console.log(formatServeHelp());
    return 0;
  }
  try {
    const options = parseServeOptions(argv, process.env);
    const traces = decideTraces(process.env);
    const log = createLog(options.logFormat);
    // A server that is not traced does not load what sends traces.
    const endTraces = traces && (await import("./tracing.ts")).startTracing(traces, log);
    const stopped = stopSignal();
    const server = await (options.role === "edge" ? startEdgeServer(options, log) : startServer(options, log));
    console.log(server.greeting);
    await stopped;
    log("Stopping: no new connections, requests under way may end");
    await server.stop(DRAIN_MS);
    await endTraces?.();
    return 0;
  } catch (error) {
    if (!(error instanceof SitepodError)) throw error;
    console.error(error.message);
    process.exit(error.code === "invalid" ? 2 : 1);
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}
