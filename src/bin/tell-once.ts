import type { Log } from "./log.ts";

/** So long a failure that goes on is not told again. */
const REMIND_MS = 60 * 60 * 1000;

export interface Telling {
  /** `message` says what is tried again and again, and `error` why it failed this time. */
  failed(message: string, error: unknown): void;
  /** It was done: the next failure is news. */
  done(message: string): void;
}

/** Logs what fails over and over once, and again when it fails for another reason, after an hour, or after it was done. */
export function tellOnce(log: Log, nowMs: () => number): Telling {
  const told = new Map<string, { readonly reason: string; readonly atMs: number }>();
  return {
    failed(message, error) {
      const reason = error instanceof Error ? error.message : String(error);
      const last = told.get(message);
      if (last?.reason === reason && nowMs() - last.atMs < REMIND_MS) return;
      told.set(message, { reason, atMs: nowMs() });
      log(message, error);
    },
    done: (message) => void told.delete(message),
  };
}
