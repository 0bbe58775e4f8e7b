import { MAX_KEPT_DAYS, MAX_KEPT_RELEASES, type Retention } from "#model";
import type { Option } from "./option.ts";

/** The options of `sitepod serve` about what is kept: part of the table of all. */
export const RETENTION_OPTIONS = {
  keepReleases: {
    flag: "keep-releases",
    env: "SITEPOD_KEEP_RELEASES",
    kind: "count",
    doc: "So many of the newest releases are kept of a site that says nothing itself; without this and the next, all",
  },
  keepDays: {
    flag: "keep-days",
    env: "SITEPOD_KEEP_DAYS",
    kind: "count",
    doc: "The releases of so many last days are kept of a site that says nothing itself",
  },
  gcEvery: {
    flag: "gc-every",
    env: "SITEPOD_GC_EVERY",
    kind: "hours",
    fallback: "24",
    doc: "Hours from one removal of what is not kept to the next; 0: only when it is asked for",
  },
} as const satisfies Record<string, Option>;

const HOUR_MS = 60 * 60 * 1000;

export interface Keeping {
  readonly retention: Retention;
  /** Undefined: never by itself. */
  readonly collectEveryMs: number | undefined;
}

/** Decides what is kept. Faults are added to `faults`. */
export function decideKeeping(
  text: (name: keyof typeof RETENTION_OPTIONS) => string | undefined,
  everyHours: number,
  faults: string[],
): Keeping {
  function bound(name: "keepReleases" | "keepDays", most: number): number | null {
    const told = text(name);
    if (told === undefined) return null;
    const value = /^\d+$/.test(told) ? Number(told) : Number.NaN;
    if (value >= 1 && value <= most) return value;
    const { flag } = RETENTION_OPTIONS[name];
    faults.push(`--${flag} is ${JSON.stringify(told)} and must be a whole number between 1 and ${most}`);
    return null;
  }
  const retention = { releases: bound("keepReleases", MAX_KEPT_RELEASES), days: bound("keepDays", MAX_KEPT_DAYS) };
  return { retention, collectEveryMs: everyHours === 0 ? undefined : everyHours * HOUR_MS };
}
