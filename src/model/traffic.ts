import { ENVIRONMENTS } from "./site.ts";

/** Under which of a site's addresses something was asked for. All previews are one, and so are all addresses of releases. */
export const SHOWN_AS = [...ENVIRONMENTS, "preview", "release"] as const;
export type ShownAs = (typeof SHOWN_AS)[number];

/** How often something was asked for at a path, which has no query. */
export type PathRequests = readonly [path: string, requests: number];

/** What was answered of a site over some time. */
export interface Figures {
  /** By class of status: 2xx, 3xx, 4xx, 5xx. Together they are all requests. */
  readonly answers: readonly [number, number, number, number];
  /** Those answered by 304: the visitor had the file already. */
  readonly notModified: number;
  /** Bytes of files, counted when they begin to be sent. */
  readonly bytes: number;
  /** The paths asked for most that there were, the most first. Each was asked for so often at least. */
  readonly paths: readonly PathRequests[];
  /** The same of those that were answered by 404. */
  readonly missing: readonly PathRequests[];
}

export const NO_FIGURES: Figures = { answers: [0, 0, 0, 0], notModified: 0, bytes: 0, paths: [], missing: [] };

/** Of each of the two lists of a site's figures, over whatever time. */
export const MAX_PATHS = 30;
/** Longer paths are cut off there. */
export const MAX_TRAFFIC_PATH_LENGTH = 200;

export function addFigures(a: Figures, b: Figures): Figures {
  return {
    answers: a.answers.map((requests, i) => requests + b.answers[i]!) as unknown as Figures["answers"],
    notModified: a.notModified + b.notModified,
    bytes: a.bytes + b.bytes,
    paths: addPaths(a.paths, b.paths),
    missing: addPaths(a.missing, b.missing),
  };
}

export const requestsOf = ({ answers }: Figures): number => answers.reduce((sum, requests) => sum + requests, 0);

/** Sorts paths as people look at them, and leaves out those beyond the most that are kept. */
export const topPaths = (paths: Iterable<PathRequests>): PathRequests[] =>
  [...paths].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MAX_PATHS);

function addPaths(a: readonly PathRequests[], b: readonly PathRequests[]): readonly PathRequests[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const sums = new Map(a);
  for (const [path, requests] of b) sums.set(path, (sums.get(path) ?? 0) + requests);
  return topPaths(sums);
}

/** Figures are kept for each of these, the longer ones for longer. */
export const SPANS = ["minute", "hour", "day"] as const;
export type Span = (typeof SPANS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Days are those of UTC. */
export const SPAN_MS: Readonly<Record<Span, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** So long figures are kept after their span began. */
export const SPAN_KEPT_MS: Readonly<Record<Span, number>> = {
  minute: 2 * HOUR_MS,
  hour: 2 * DAY_MS,
  day: 62 * DAY_MS,
};

/** What is shown at once: so many spans, the last of which is not over. */
export const TRAFFIC_RANGES = {
  hour: { span: "minute", count: 60 },
  day: { span: "hour", count: 24 },
  month: { span: "day", count: 30 },
} as const satisfies Record<string, { span: Span; count: number }>;
export type TrafficRange = keyof typeof TRAFFIC_RANGES;

/** When the span began that a time is in. Both in milliseconds since the epoch. */
export const spanStart = (span: Span, ms: number): number => Math.floor(ms / SPAN_MS[span]) * SPAN_MS[span];

/**
 * Says to which spans belongs what was counted at a time, and when they began. A clock that is ahead counts as now; what
 * comes too late for a span is left out of it.
 */
export function spansOf(countedMs: number, nowMs: number): { readonly span: Span; readonly startMs: number }[] {
  return SPANS.map((span) => ({ span, startMs: spanStart(span, Math.min(countedMs, nowMs)) })).filter(
    ({ span, startMs }) => startMs > nowMs - SPAN_KEPT_MS[span],
  );
}

/** When the spans begin that a range shows, the earliest first. */
export function startsOf(range: TrafficRange, nowMs: number): number[] {
  const { span, count } = TRAFFIC_RANGES[range];
  const last = spanStart(span, nowMs);
  return Array.from({ length: count }, (_, i) => last - (count - 1 - i) * SPAN_MS[span]);
}
