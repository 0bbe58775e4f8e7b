/** One thing the operator decides: by flag, else by environment variable, else by default. */
export interface Option {
  readonly flag?: string;
  readonly env: string;
  readonly kind: "text" | "count" | "bytes" | "hours" | "switch" | "secret";
  readonly fallback?: string;
  readonly doc: string;
}
