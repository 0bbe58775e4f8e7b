/** A store that is slower than this is not waited for, where there is something to serve without it. */
export const PATIENCE_MS = 1000;

/** Waits for what is being read, and returns undefined where that takes too long. It goes on being read. */
export async function patiently<T>(reading: Promise<T>): Promise<T | undefined> {
  const { promise: patience, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  try {
    return await Promise.race([reading, patience]);
  } finally {
    clearTimeout(timer);
  }
}
