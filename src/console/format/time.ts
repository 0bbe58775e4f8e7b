const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30 * DAY_MS;

/** Writes an ISO time as seen from `nowMs`: "just now", "4 min ago", "in 3 h", and beyond a month the date. */
export function formatRelative(iso: string, nowMs: number): string {
  const differenceMs = Date.parse(iso) - nowMs;
  const distanceMs = Math.abs(differenceMs);
  if (distanceMs < 45 * SECOND_MS) return "just now";
  if (distanceMs >= MONTH_MS) return formatDate(iso);
  const span = formatSpan(distanceMs);
  return differenceMs < 0 ? `${span} ago` : `in ${span}`;
}

/** Writes the day: "3 Feb 2026". */
export const formatDate = (iso: string): string =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }).format(new Date(iso));

/** Writes the time of day in the reader's zone: "14:05". */
export const formatTimeOfDay = (iso: string): string =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));

/** Writes the whole time in the reader's zone, and names the zone. */
export const formatExact = (iso: string): string =>
  new Intl.DateTimeFormat("en-GB", {
    dateStyle: "full",
    timeStyle: "long",
  }).format(new Date(iso));

/** Writes a duration: 0.42 → "0.4 ms", 12 → "12 ms", 1500 → "1.5 s". */
export function formatDuration(ms: number): string {
  if (ms >= SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

function formatSpan(ms: number): string {
  if (ms < HOUR_MS) return `${Math.max(1, Math.round(ms / MINUTE_MS))} min`;
  if (ms < DAY_MS) return `${Math.round(ms / HOUR_MS)} h`;
  const days = Math.round(ms / DAY_MS);
  return `${days} ${days === 1 ? "day" : "days"}`;
}
