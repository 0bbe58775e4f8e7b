import { setTimeout } from "node:timers/promises";
import { SitepodError } from "#model";
import { runHeld } from "./held.ts";
import { LockSession } from "./lock-session.ts";
import { CONNECT_TIMEOUT_S } from "./postgres.ts";

export type LockMode = "shared" | "alone";

/**
 * Locks that all processes on one database share. Within a process they exclude nobody: who asks for a lock makes sure
 * that nobody else in the process works under it in a way that does not go together.
 */
export interface Locks {
  /**
   * Runs work when no other process has the lock in a way that excludes it; those that wait have their turn before those
   * that come later. Throws SitepodError `unavailable` where PostgreSQL cannot be used or others take too long.
   */
  hold<T>(key: string, mode: LockMode, work: () => Promise<T>): Promise<T>;
  /** Runs work alone where no other process has the lock. Returns false, without running it, where one does. */
  tryHold(key: string, work: () => Promise<void>): Promise<boolean>;
  close(): void;
}

export interface LocksOptions {
  /** After so long without a word from a process, others may have its locks. */
  readonly silenceMs?: number;
  /** How long to wait for others. */
  readonly patienceMs?: number;
}

const SILENCE_MS = 15_000;
const PATIENCE_MS = 60_000;
/** How often to ask again for a lock that another process has. */
const RETRY_MS = 10;

/**
 * A lock is a room, and a turnstile before it. Who finds the room taken keeps the turnstile until it gets in: those that
 * come later do not pass, however many of them could share the room with those that are in it.
 */
const ROOM = "hashtextextended('sitepod room ' || $1, 0)";
const TURNSTILE = "hashtextextended('sitepod turnstile ' || $1, 0)";
const SUFFIX: Record<LockMode, string> = { shared: "_shared", alone: "" };

const enter = (mode: LockMode) => `pg_try_advisory_lock${SUFFIX[mode]}(${ROOM})`;
const PASS = `case when pg_try_advisory_lock_shared(${TURNSTILE}) then pg_advisory_unlock_shared(${TURNSTILE})`;
const passAndEnter = (mode: LockMode) => `select ${PASS} and ${enter(mode)} else false end as answer`;
const leave = (mode: LockMode) => `select pg_advisory_unlock${SUFFIX[mode]}(${ROOM}) as answer`;
const KEEP_TURNSTILE = `select pg_try_advisory_lock(${TURNSTILE}) as answer`;
const LEAVE_TURNSTILE = `select pg_advisory_unlock(${TURNSTILE}) as answer`;

/** Opens nothing yet: the session with PostgreSQL begins with the first lock, and anew where it has ended. */
export function createLocks(url: string, options: LocksOptions = {}): Locks {
  const { silenceMs = SILENCE_MS, patienceMs = PATIENCE_MS } = options;
  let session: LockSession | undefined;
  let opening: Promise<LockSession> | undefined;
  let isClosed = false;

  async function openSession(): Promise<LockSession> {
    if (session?.isAlive) return session;
    opening ??= LockSession.open(url, silenceMs, CONNECT_TIMEOUT_S)
      .then((opened) => (session = opened))
      .finally(() => (opening = undefined));
    const opened = await opening;
    if (isClosed) opened.close();
    return opened;
  }

  /** Stands before the room until it is free. */
  async function wait(held: LockSession, key: string, mode: LockMode): Promise<void> {
    const endMs = performance.now() + patienceMs;
    let hasTurnstile = false;
    try {
      while (performance.now() < endMs) {
        await setTimeout(RETRY_MS * (0.5 + Math.random()));
        hasTurnstile ||= await held.ask(KEEP_TURNSTILE, [key]);
        if (hasTurnstile && (await held.ask(`select ${enter(mode)} as answer`, [key]))) return;
      }
    } finally {
      if (hasTurnstile) void held.ask(LEAVE_TURNSTILE, [key]).catch(() => {});
    }
    throw new SitepodError("unavailable", "Another server is at work on the same for long. Try again in a moment.", {
      retryAfterS: Math.ceil(silenceMs / 1000),
    });
  }

  async function runInRoom<T>(held: LockSession, key: string, mode: LockMode, work: () => Promise<T>): Promise<T> {
    try {
      return await runHeld(() => held.assertAlive(), work);
    } finally {
      // Not waited for: what this process asks next, it asks after this.
      void held.ask(leave(mode), [key]).catch(() => {});
    }
  }

  return {
    async hold(key, mode, work) {
      const held = await openSession();
      if (!(await held.ask(passAndEnter(mode), [key]))) await wait(held, key, mode);
      return await runInRoom(held, key, mode, work);
    },
    async tryHold(key, work) {
      const held = await openSession();
      if (!(await held.ask(passAndEnter("alone"), [key]))) return false;
      await runInRoom(held, key, "alone", work);
      return true;
    },
    close() {
      isClosed = true;
      session?.close();
    },
  };
}
