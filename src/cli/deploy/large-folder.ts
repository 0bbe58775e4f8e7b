import type { World } from "../world.ts";

/** So many files of a large folder are a step: what it leaves is some tens of megabytes of texts. */
export const FILES_PER_STEP = 20_000;

/**
 * Returns what is to be called as each file is done: it collects now and then. Left to itself the collector of the
 * executable lets as much lie as is alive, and more.
 */
export function createSteps({ collect }: Pick<World, "collect">): () => void {
  let files = 0;
  return () => {
    if (++files % FILES_PER_STEP === 0) collect?.();
  };
}

/** The same items, with a call of `step` after each. */
export function* inSteps<T>(items: Iterable<T>, step: () => void): Generator<T> {
  for (const item of items) {
    yield item;
    step();
  }
}
