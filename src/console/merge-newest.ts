import type { AuditEvent } from "./api.ts";

/**
 * Puts the newest page of the log before the events that are known, all newest first. Where events lie between the two that
 * are in neither, the page stands alone: a list has no gaps.
 */
export function mergeNewest(known: readonly AuditEvent[], page: readonly AuditEvent[]): readonly AuditEvent[] {
  const last = page.at(-1);
  if (!last || !known.some(({ id }) => id === last.id)) return page;
  return [...page, ...known.filter(({ id }) => Number(id) < Number(last.id))];
}
