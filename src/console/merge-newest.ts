import type { AuditEvent } from "./api.ts";

/** What is shown of a log, newest first and without gaps. `isWhole`: there is nothing older. */
export interface ShownLog {
  readonly events: readonly AuditEvent[];
  readonly isWhole: boolean;
}

/**
 * Puts the newest page of the log before the events that are known. Where events lie between the two that are in neither, the
 * page stands alone. Pages have `length` events but the last.
 */
export function mergeNewest(known: ShownLog, page: readonly AuditEvent[], length: number): ShownLog {
  const last = page.at(-1);
  if (!last || !known.events.some(({ id }) => id === last.id)) return { events: page, isWhole: page.length < length };
  return {
    events: [...page, ...known.events.filter(({ id }) => Number(id) < Number(last.id))],
    isWhole: known.isWhole || page.length < length,
  };
}

/** Puts the page of what is older than the event `before` behind what is known, if that still ends there. */
export function addOlder(known: ShownLog, before: string, page: readonly AuditEvent[], length: number): ShownLog {
  if (known.events.at(-1)?.id !== before) return known;
  return { events: [...known.events, ...page], isWhole: page.length < length };
}
