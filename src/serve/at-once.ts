/** Tells what is answered in the very call that a request came by from what is answered later. */
export interface AtOnce {
  /** Says that a request has come, and is looked at until `end`. */
  begin(): void;
  end(): void;
  /** Whether the request that is being answered has not waited for anything yet. */
  isNow(): boolean;
}

export function createAtOnce(): AtOnce {
  let isNow = false;
  return {
    begin: () => void (isNow = true),
    end: () => void (isNow = false),
    isNow: () => isNow,
  };
}
