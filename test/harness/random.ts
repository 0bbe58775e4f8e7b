/** Numbers that look random and follow from a seed, so that a run can be repeated. */
export interface Random {
  readonly seed: number;
  /** From 0 up to, but not including, `end`. */
  below(end: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Mulberry32: https://github.com/cprosche/mulberry32, 32 bits of state, enough to choose moments by. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end;
  };
  return { seed, below, pick: (items) => items[Math.floor(below(items.length))] ?? items[0] };
}
