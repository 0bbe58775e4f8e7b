import { LRUCache } from "lru-cache";
import { networkOf } from "#model";

/** What came of an attempt to give a password: it was checked, or there were too many for it to be. */
export type Attempt =
  { readonly kind: "checked"; readonly isRight: boolean } | { readonly kind: "refused"; readonly retryAfterS: number };

/** A password that a visitor gives for a pointer. */
export interface GivenPassword {
  /** The client's network address, null where it is not known. */
  readonly address: string | null;
  readonly pointer: string;
  readonly password: string;
  /** argon2id. */
  readonly hash: string;
}

/** Checks a password, unless there were too many. */
export type TryPassword = (given: GivenPassword) => Promise<Attempt>;

/** Makes the one that all edges of a machine share: its bounds are the machine's. */
export function createTryPassword(
  nowMs: () => number,
  verify: (password: string, hash: string) => Promise<boolean>,
): TryPassword {
  const attempts = createAttempts(nowMs);
  return ({ address, pointer, password, hash }) => attempts.run(address, pointer, () => verify(password, hash));
}

export interface Attempts {
  /** Checks a password given from a network address (null: unknown) for a pointer, unless there were too many. */
  run(address: string | null, pointer: string, check: () => Promise<boolean>): Promise<Attempt>;
}

/** Attempts in a minute, right or wrong: each costs a core a tenth of a second, and 64 MiB for as long. */
export const ATTEMPTS_PER_ADDRESS = 20;
export const ATTEMPTS_PER_POINTER = 60;
const WINDOW_MS = 60_000;
/** So many wait for their turn at most: the last one for two seconds. */
export const MAX_PENDING_ATTEMPTS = 16;
const PENDING_RETRY_S = 2;
/** Addresses and pointers to keep count of. */
const MAX_COUNTS = 10_000;

/** Bounds how fast passwords can be tried, by address and by pointer, and checks one at a time. */
export function createAttempts(nowMs: () => number): Attempts {
  const byAddress = createCounter(ATTEMPTS_PER_ADDRESS, nowMs);
  const byPointer = createCounter(ATTEMPTS_PER_POINTER, nowMs);
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;

  return {
    async run(address, pointer, check) {
      if (pending >= MAX_PENDING_ATTEMPTS) return { kind: "refused", retryAfterS: PENDING_RETRY_S };
      const waitMs = byAddress(networkOf(address ?? "unknown")) || byPointer(pointer);
      if (waitMs > 0) return { kind: "refused", retryAfterS: Math.ceil(waitMs / 1000) };
      pending++;
      const turn = last.then(check);
      last = turn.catch(() => {});
      try {
        return { kind: "checked", isRight: await turn };
      } finally {
        pending--;
      }
    },
  };
}

/** Returns a function that counts one more of a name, and tells how many milliseconds to wait: 0 up to the limit. */
function createCounter(limit: number, nowMs: () => number): (name: string) => number {
  const windows = new LRUCache<string, { count: number; readonly endsMs: number }>({ max: MAX_COUNTS });
  return (name) => {
    const now = nowMs();
    let window = windows.get(name);
    if (!window || window.endsMs <= now) windows.set(name, (window = { count: 0, endsMs: now + WINDOW_MS }));
    if (window.count >= limit) return window.endsMs - now;
    window.count++;
    return 0;
  };
}
