import { inspect } from "node:util";
import { systemFault } from "#cli";
import { SitepodError } from "#model";
import { createLog, type Log } from "./log.ts";
import { formatServeHelp } from "./serve-help.ts";
import { DRAIN_MS } from "./drain.ts";
import { startEdgeServer } from "./edge-server.ts";
import { giveWay, RESTART_SIGNAL } from "./hot-restart.ts";
import { describeIgnored } from "./ignored-variables.ts";
import { parseServeOptions } from "./serve-options.ts";
import { startServer } from "./server.ts";
import { decideTraces } from "./trace-options.ts";
import { writePidFile } from "./pid-file.ts";
import type { RunningServer } from "./running-server.ts";
import { findPredecessor } from "./succession.ts";

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
    for (const ignored of describeIgnored(process.env)) log(ignored);
    // A server that is not traced does not load what sends traces.
    const endTraces = traces && (await import("./tracing.ts")).startTracing(traces, log);
    const predecessor = findPredecessor(process.env);
    const stopped = stopSignal();
    const nextRestart = restartSignals();
    const start = options.role === "edge" ? startEdgeServer : startServer;
    const server = await Promise.race([start(options, log, predecessor), stopped]);
    if (!server) {
      log("Stopped before it had started");
      process.exit(0);
    }
    using _ = writePidFile(options.pidFile);
    // One that has ended meanwhile needs not be told.
    await predecessor?.ready(server.controlSocket).catch(() => {});
    console.log(server.greeting);
    if (await giveWayWhenTold(server, nextRestart, stopped, log)) {
      await endTraces?.();
      process.exit(0);
    }
    log("Stopping: no new connections, requests under way may end");
    await server.stop(DRAIN_MS);
    await endTraces?.();
    return 0;
  } catch (error) {
    console.error(describeFault(error));
    process.exit(error instanceof SitepodError && error.code === "invalid" ? 2 : 1);
  }
}

function describeFault(error: unknown): string {
  if (error instanceof SitepodError) return error.message;
  const fault = systemFault(error);
  return fault ? `${fault.message} ${fault.next}` : `This is a fault of sitepod itself:\n${inspect(error)}`;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}

/** Returns true where another process has taken over, which is tried at each signal to do so, and false once it is to stop. */
async function giveWayWhenTold(
  server: RunningServer,
  nextRestart: () => Promise<void>,
  stopped: Promise<void>,
  log: Log,
): Promise<boolean> {
  for (;;) {
    const isTold = await Promise.race([nextRestart().then(() => true), stopped.then(() => false)]);
    if (!isTold) return false;
    if (process.pid === 1) log("The first process of a container cannot give way to another: replace the container");
    else if (await giveWay(server, stopped, log)) return true;
  }
}

/** Returns what waits for the next signal to restart. Those that come while nobody waits mean the restart under way. */
function restartSignals(): () => Promise<void> {
  let next = Promise.withResolvers<void>();
  // Only Linux lets two processes share a port.
  if (process.platform === "linux") process.on(RESTART_SIGNAL, () => next.resolve());
  return () => {
    next = Promise.withResolvers();
    return next.promise;
  };
}
