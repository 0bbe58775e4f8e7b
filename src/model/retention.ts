/**
 * How long a site keeps its releases. What either rule wants kept is kept; with neither, all of them. What an environment
 * or a preview shows is kept whatever the rules say.
 */
export interface Retention {
  /** So many of the newest; null: this rule keeps none. */
  readonly releases: number | null;
  /** Those of so many last days; null: this rule keeps none. */
  readonly days: number | null;
}

export const KEEP_ALL: Retention = { releases: null, days: null };
export const MAX_KEPT_RELEASES = 100_000;
export const MAX_KEPT_DAYS = 36_500;

/** Reads the `retention` of a claim. Undefined where the value is none: its file is then damaged. */
export function parseRetention(value: unknown): Retention | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { releases, days } = value as Record<string, unknown>;
  return isBound(releases, MAX_KEPT_RELEASES) && isBound(days, MAX_KEPT_DAYS) ? { releases, days } : undefined;
}

const isBound = (value: unknown, most: number): value is number | null =>
  value === null || (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most);
