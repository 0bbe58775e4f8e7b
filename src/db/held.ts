import { AsyncLocalStorage } from "node:async_hooks";

/** A lock that the work under way relies on, and those that were held around it. */
interface Hold {
  readonly outer: Hold | undefined;
  /** Undefined once the work has ended: what it left running goes on without. */
  assert: (() => void) | undefined;
}

const holds = new AsyncLocalStorage<Hold>();

/** Runs work for which `assert` throws as soon as it may no longer be sure of being alone. */
export async function runHeld<T>(assert: () => void, work: () => Promise<T>): Promise<T> {
  const hold: Hold = { outer: holds.getStore(), assert };
  try {
    return await holds.run(hold, work);
  } finally {
    hold.assert = undefined;
  }
}

/**
 * Throws SitepodError `unavailable` where the work that calls this has lost a lock that it was begun under. To be called
 * right before anything is changed: whoever was paused, or cut off, stops there.
 */
export function assertHeld(): void {
  for (let hold = holds.getStore(); hold; hold = hold.outer) hold.assert?.();
}

/** Runs work that only says what has happened already: it may be done whatever was lost meanwhile. */
export const withoutHolds = <T>(work: () => Promise<T>): Promise<T> => holds.exit(work);
