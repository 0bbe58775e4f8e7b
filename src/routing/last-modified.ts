import { formatHttpDate } from "./http-date.ts";

/** When what an address shows was last changed. It follows from the pointers, and is made once for each reading of them. */
export interface LastModified {
  /** For conditions: whole seconds since the epoch. */
  readonly seconds: number;
  /** The header's value. Undefined as long as somebody may still be shown what was there before. */
  readonly header: string | undefined;
}

/**
 * So long may a move take from its time being noted until all who serve know of it: 5 seconds to be written, and the age
 * that a pointer in memory may have.
 */
export const SETTLING_MS = 10_000;

/**
 * Dates what an address shows by the times (ISO 8601) at which the pointers to it were moved, the latest of them. Undefined
 * where one of them is no time.
 *
 * The date is the next full second after the move has settled, and is not told before (RFC 9110, section 8.8.2.1). So
 * nothing that was there before went out at that second or later; and since a pointer's every move is noted a second
 * after the last at least, no two contents of an address have one date. Hence no date that was told, Last-Modified or
 * Date, makes a later content look unmodified, also after a rollback. A comparison by dates that are the same is a strong one
 * (section 8.8.2.2).
 *
 * @param readMs when the reading of the pointers began, in milliseconds since the epoch
 */
export function lastModifiedOf(movedAt: readonly string[], readMs: number): LastModified | undefined {
  const movedMs = Math.max(...movedAt.map(Date.parse));
  if (!Number.isFinite(movedMs)) return undefined;
  const seconds = Math.floor((movedMs + SETTLING_MS) / 1000) + 1;
  return { seconds, header: readMs >= seconds * 1000 ? formatHttpDate(seconds) : undefined };
}
