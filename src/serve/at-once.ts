/** Tells what is answered in the very call that a request came by from what is answered later. */
export interface AtOnce {
  /** Answers a request, perhaps later. */
  run<T>(answer: () => T): T;
  /** Whether the request that is being answered has not waited for anything yet. */
  isNow(): boolean;
}

export function createAtOnce(): AtOnce {
  let isNow = false;
  return {
    run(answer) {
      isNow = true;
      try {
        return answer();
      } finally {
        isNow = false;
      }
    },
    isNow: () => isNow,
  };
}
