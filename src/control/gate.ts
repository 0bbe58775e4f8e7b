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

const ignore = () => {};
