/** From some 120,000 files on. */
const LARGE_MANIFEST_BYTES = 8 * 1024 * 1024;

/** After so many files of a large pod it is time to collect. */
export const FILES_PER_STEP = 16_384;

/**
 * Collects what a step of a deploy has left, where the pod is large: a few texts for each of its files, and arrays as large
 * as its manifest. Left to itself JavaScriptCore lets as much lie as was alive before, and more: twice the memory that a
 * deploy needs. A collection takes 10 to 20 ms here.
 */
export function collectAfterStep({ byteLength }: { readonly byteLength: number }): void {
  if (byteLength >= LARGE_MANIFEST_BYTES) Bun.gc(true);
}
