import { setTimeout as sleep } from "node:timers/promises";

/** So often a request is tried, the first time included: where a person waits for an answer … */
export const QUICK_TRIES = 3;
/** … and where work is under way that would be lost. */
export const PATIENT_TRIES = 6;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;
/** Longer than this nobody waits on the server's word. */
const MAX_RETRY_AFTER_MS = 60_000;

/** How a try went wrong, as far as trying again is concerned. */
export interface Fault {
  /** `refused`: the server did not act on it. `unknown`: it may have. `final`: trying again changes nothing. */
  readonly kind: "refused" | "unknown" | "final";
  /** What the server asked for, in seconds. */
  readonly retryAfterS?: number | undefined;
}

export interface RetryPolicy {
  readonly maxTries: number;
  /** Whether doing it twice is harmless. */
  readonly isRepeatable: boolean;
}

interface RetryOptions extends RetryPolicy {
  readonly classify: (error: unknown) => Fault;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Told before each wait. */
  readonly tellWait?: ((error: unknown, delayMs: number) => void) | undefined;
}

/** Runs a piece of work until it succeeds, or trying again cannot help. Throws the last error. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const delayMs = retryDelayMs(options.classify(error), tries, options, options.random());
      if (delayMs === undefined || options.signal.aborted) throw error;
      options.tellWait?.(error, delayMs);
      await sleep(delayMs, undefined, { signal: options.signal });
    }
  }
}

/**
 * Decides how long to wait before the next try, or undefined: give up. Delays double, with jitter (half of each is
 * drawn by lot), so that clients which failed together do not come back together.
 */
export function retryDelayMs(fault: Fault, tries: number, policy: RetryPolicy, random: number): number | undefined {
  if (fault.kind === "final" || tries >= policy.maxTries) return undefined;
  if (fault.kind === "unknown" && !policy.isRepeatable) return undefined;
  const backOffMs = Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), MAX_DELAY_MS);
  const askedMs = (fault.retryAfterS ?? 0) * 1000;
  if (askedMs > MAX_RETRY_AFTER_MS) return undefined;
  return Math.max(backOffMs * (0.5 + random / 2), askedMs);
}
