import { setTimeout } from "node:timers/promises";
import type { Context, Control } from "#control";
import { isAvailable, type OpenControl, type Unavailable } from "./open-control.ts";

/** How often a database that could not be reached at the start is tried again. */
const RETRY_MS = 2000;

type Log = Context["log"];

export interface KeptControl {
  /** What answers now. */
  control(): Control | Unavailable;
  close(): Promise<void>;
}

/**
 * Opens the control plane. With `mayComeBack`, one that is not available is opened anew in the background until it is;
 * otherwise only a restart helps.
 */
export async function keepControl(
  open: (log: Log) => Promise<OpenControl>,
  mayComeBack: boolean,
  log: Log,
): Promise<KeptControl> {
  let last: string | undefined;
  // Of the many tries, what the one before has said already is not said again.
  const logNews: Log = (message, cause) => {
    if (message !== last) log(message, cause);
    last = message;
  };
  let opened = await open(logNews);
  const closing = new AbortController();

  async function reopen(): Promise<void> {
    while (!isAvailable(opened.control)) {
      await setTimeout(RETRY_MS, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      try {
        opened = await open(logNews);
      } catch (error) {
        logNews("The database could not be opened; it is tried again", error);
      }
    }
    log("The database is back: the API and the console answer again");
  }

  const reopening = mayComeBack && !isAvailable(opened.control) ? reopen() : undefined;
  return {
    control: () => opened.control,
    async close() {
      closing.abort();
      await reopening;
      await opened.close();
    },
  };
}
