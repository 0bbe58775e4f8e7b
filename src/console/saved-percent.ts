const PERCENT = 100;

/**
 * The share of what was released that did not have to be kept a second time, in whole percent; undefined where nothing was
 * released. What is kept can be a little more, by manifests: then nothing was saved.
 */
export function savedPercent(releasedBytes: number, keptBytes: number): number | undefined {
  if (releasedBytes === 0) return undefined;
  return Math.max(0, Math.floor(((releasedBytes - keptBytes) / releasedBytes) * PERCENT));
}
