/** Goes on at once where the value is there, so that a request for what is in memory never waits for its turn. */
export const whenReady = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value);
