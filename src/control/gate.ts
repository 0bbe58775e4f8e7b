import type { Locks } from "#db";

/** Lets many pass side by side, or one alone. Who waits for the whole gate is let in before those who come later. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  let lastAlone: Promise<unknown> = Promise.resolve();
  let sharing = new Set<Promise<unknown>>();

  return {
    async shared(work) {
      const before = lastAlone;
      const running = before.then(work);
      const settled = running.then(ignore, ignore);
      sharing.add(settled);
      void settled.then(() => sharing.delete(settled));
      return running;
    },
    async alone(work) {
      const before = Promise.all([lastAlone, ...sharing]);
      const running = before.then(work);
      lastAlone = running.then(ignore, ignore);
      sharing = new Set();
      return running;
    },
  };
}

/** Returns a function that runs the works given to it one after another, in order. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  const gate = createGate();
  return (work) => gate.alone(work);
}

/** Runs works of one key one after another, in order, and works of different keys side by side. */
export type KeyedQueue = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const running = (last.get(key) ?? Promise.resolve()).then(work);
    const settled = running.then(ignore, ignore);
    last.set(key, settled);
    void settled.then(() => last.get(key) === settled && last.delete(key));
    return running;
  };
}

/** Who works beside whom: in one process, or in all control planes that share a database. */
export interface Turns {
  /** Deploys pass side by side; garbage collection alone. */
  readonly contentGate: Gate;
  /** Works on one thing take turns, by its id: commits of a workspace, moves of a site. */
  readonly inTurn: KeyedQueue;
  /** Runs the work unless one of the same key is under way anywhere. Returns whether it ran. */
  unlessUnderWay(key: string, work: () => Promise<void>): Promise<boolean>;
}

/**
 * Makes turns that hold in this process, and with `locks` in all others too. Here they come first: a process that works on
 * a thing asks the others for it once at a time.
 */
export function createTurns(locks?: Locks): Turns {
  const gate = createGate();
  const queue = createKeyedQueue();
  const underWay = new Set<string>();

  async function unlessUnderWay(key: string, work: () => Promise<void>): Promise<boolean> {
    if (underWay.has(key)) return false;
    underWay.add(key);
    try {
      if (locks) return await locks.tryHold(`under way: ${key}`, work);
      await work();
      return true;
    } finally {
      underWay.delete(key);
    }
  }

  if (!locks) return { contentGate: gate, inTurn: queue, unlessUnderWay };
  return {
    contentGate: {
      shared: (work) => gate.shared(() => locks.hold("contents", "shared", work)),
      alone: (work) => gate.alone(() => locks.hold("contents", "alone", work)),
    },
    inTurn: (key, work) => queue(key, () => locks.hold(`turn: ${key}`, "alone", work)),
    unlessUnderWay,
  };
}

const ignore = () => {};
