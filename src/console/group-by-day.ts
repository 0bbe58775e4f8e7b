import type { AuditEvent } from "./api.ts";
import { formatDate } from "./format/time.ts";

/** Gathers events, which come newest first, under the day they happened on in the reader's time zone. */
export function groupByDay(events: readonly AuditEvent[]): { date: string; events: AuditEvent[] }[] {
  const days = Map.groupBy(events, (event) => formatDate(event.at));
  return [...days].map(([date, ofDay]) => ({ date, events: ofDay }));
}
