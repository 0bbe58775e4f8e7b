import { CompiledQuery } from "kysely";
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterPostgres } from "rate-limiter-flexible";
import type { Database, Schema } from "#db";

export interface LimiterOptions {
  readonly table: keyof Schema & ("login_attempts" | "request_counts");
  /** Tells its keys from those of other limiters with the same table. */
  readonly keyPrefix: string;
  /** So many may be taken … */
  readonly points: number;
  /** … in so many seconds. */
  readonly duration: number;
}

/** Makes what counts in windows of time: in memory, or where control planes share a database, there. */
export function createLimiter(
  { query, isShared }: Pick<Database, "query" | "isShared">,
  { table, keyPrefix, points, duration }: LimiterOptions,
): RateLimiterAbstract {
  if (!isShared) return new RateLimiterMemory({ points, duration });
  const ask = ({ text, values = [] }: { text: string; values?: readonly unknown[] }) =>
    query.executeQuery(CompiledQuery.raw(text, [...values]));
  return new RateLimiterPostgres({
    storeClient: { query: ask },
    storeType: "client",
    tableName: table,
    tableCreated: true,
    keyPrefix,
    points,
    duration,
  });
}
