const MINUTE_MS = 60 * 1000;
const FIRST_MS = MINUTE_MS;
const LONGEST_MS = 6 * 60 * MINUTE_MS;
/** Tries after 1, 3, 9, 27 minutes are five within the first hour: as many as Let's Encrypt lets fail for a name. */
const FACTOR = 3;
const JITTER = 0.1;

/** How long to wait after so many failures in a row, in milliseconds. `chance` (0 to 1) spreads it by a tenth. */
export function backOffMs(failures: number, chance: number): number {
  const waitMs = Math.min(FIRST_MS * FACTOR ** (failures - 1), LONGEST_MS);
  return Math.round(waitMs * (1 + JITTER * chance));
}
