/** One thing the operator decides: by flag, else by environment variable, else by default. */
export interface Option {
  readonly flag?: string;
  readonly env: string;
  readonly kind: "text" | "count" | "bytes" | "hours" | "switch" | "secret";
  readonly fallback?: string;
  readonly doc: string;
}

/** Reads a whole number that is no larger than `max`. Undefined where it is none. */
export function parseCount(text: string, max = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= max ? value : undefined;
}
