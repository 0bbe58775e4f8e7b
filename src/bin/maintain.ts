import type { Control } from "#control";
import type { WatchedDisk } from "./disk.ts";
import type { Log } from "./log.ts";
import { isAvailable, type Unavailable } from "./open-control.ts";
import { tellOnce } from "./tell-once.ts";

/** Another server that has died in the middle of something is followed this soon. */
const LOOK_FOR_DUE_MS = 15 * 1000;
const WEBHOOKS_FAILED = "Webhooks could not be sent; it is tried again";

/** Has done what is due: tidying up, verifying domains again, collecting garbage, sending to webhooks; and looks at the disk. Returns how to end it. */
export function maintain(
  findControl: () => Control | Unavailable,
  disk: Pick<WatchedDisk, "state">,
  log: Log,
): () => Promise<void> {
  // What an earlier run has not come to.
  deliverWebhooks(findControl(), log);
  const telling = tellOnce(log, Date.now);
  const attempt = (message: string, work: Promise<unknown>) =>
    void work.then(
      () => telling.done(message),
      (error: unknown) => telling.failed(message, error),
    );
  const timer = setInterval(() => {
    attempt("The disk could not be looked at", disk.state());
    const control = findControl();
    if (!isAvailable(control)) return;
    attempt("What is due could not be done; it is tried again", control.runDue());
    attempt(WEBHOOKS_FAILED, control.deliverWebhooks());
  }, LOOK_FOR_DUE_MS);
  return async () => {
    clearInterval(timer);
    const control = findControl();
    if (isAvailable(control)) await control.stopWebhooks();
  };
}

export function deliverWebhooks(control: Control | Unavailable, log: Log): void {
  if (!isAvailable(control)) return;
  void control.deliverWebhooks().catch((error: unknown) => log(WEBHOOKS_FAILED, error));
}
