const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** Who lived so long did not die of how it was started. */
const SOUND_MS = 60_000;

/** How long to wait before a process is started again that lived so long, after a wait of `beforeMs`. */
export const restartDelayMs = (beforeMs: number, livedMs: number): number =>
  livedMs >= SOUND_MS ? 0 : Math.min(Math.max(FIRST_MS, 2 * beforeMs), LONGEST_MS);
