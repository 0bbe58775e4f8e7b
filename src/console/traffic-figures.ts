import type { TrafficRange } from "#model";
import type { Api } from "#wire";

type Point = Api.Traffic["points"][number];

/** The classes of answers in the order in which they lie on one another, the lowest first. */
export const ANSWER_CLASSES = [
  { name: "2xx", meaning: "as asked", color: "text-accent" },
  { name: "3xx", meaning: "elsewhere, or known already", color: "text-ink-faint" },
  { name: "4xx", meaning: "not there, or refused", color: "text-warning" },
  { name: "5xx", meaning: "failed", color: "text-danger" },
] as const;

/** Lays the classes of each point on one another: for each class, the height up to its top. */
export const stack = (points: readonly Point[]): number[][] =>
  ANSWER_CLASSES.map((_, i) =>
    points.map(({ answers }) => ANSWER_CLASSES.slice(0, i + 1).reduce((sum, { name }) => sum + answers[name], 0)),
  );

/** Writes a share in whole per cent; what there is is never 0 %, and not all is never 100 %. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return "0 %";
  if (part === whole) return "100 %";
  return `${Math.min(99, Math.max(1, Math.round((part / whole) * 100)))} %`;
}

/** Writes a large number short: 1234567 → "1.2 M". */
export const formatShort = (count: number): string =>
  new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 })
    .format(count)
    .replace(/([A-Z])$/, " $1");

/** Writes when a point was. Days are those of UTC, as they are counted. */
export function formatMoment(at: string, range: TrafficRange): string {
  const time: Intl.DateTimeFormatOptions =
    range === "month"
      ? { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }
      : { weekday: "short", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("en-GB", time).format(new Date(at));
}

/** Writes the same below a chart, where there is little room: "14:30", "17 May". In seconds since 1970. */
export function formatTick(seconds: number, range: TrafficRange): string {
  const time: Intl.DateTimeFormatOptions =
    range === "month" ? { day: "numeric", month: "short", timeZone: "UTC" } : { hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("en-GB", time).format(new Date(seconds * 1000));
}
