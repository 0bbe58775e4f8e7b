import { SitepodError } from "#model";
import type { Store } from "#store";
import type { api } from "#wire";
import type { z } from "zod";

export interface HealthSource {
  readonly store: Pick<Store, "check">;
  /** Throws where the database cannot be used now. */
  readonly checkDatabase: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly version: string;
}

/** Checking the storage writes and syncs a file, and anybody may ask: what it found stands so long, for all who do. */
const CHECK_KEPT_MS = 2000;

/** Answers how the server is: 503 only where serving is impaired, which it is not without a database, nor on a full disk. */
export function createHealth({ store, checkDatabase, nowMs, startedMs, version }: HealthSource) {
  const checkStore = keepFor(CHECK_KEPT_MS, nowMs, () => worksOrIsFull(() => store.check()));
  return async (): Promise<Response> => {
    const [database, storage] = await Promise.all([works(checkDatabase), checkStore()]);
    const health: z.infer<typeof api.health> = {
      status: storage === "error" ? "error" : database === "ok" && storage === "ok" ? "ok" : "degraded",
      database,
      storage,
      uptime: Math.round((nowMs() - startedMs) / 1000),
      version,
    };
    return Response.json(health, {
      status: storage === "error" ? 503 : 200,
      headers: { "cache-control": "no-store" },
    });
  };
}

/** Returns a function that shares what `find` finds while it looks, and so many milliseconds after. */
function keepFor<T>(keptMs: number, nowMs: () => number, find: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | undefined;
  let untilMs = 0;
  return () => {
    if (kept && nowMs() < untilMs) return kept;
    untilMs = Infinity;
    return (kept = find().finally(() => (untilMs = nowMs() + keptMs)));
  };
}

async function works(check: () => Promise<void>): Promise<"ok" | "error"> {
  return await check().then(
    () => "ok",
    () => "error",
  );
}

async function worksOrIsFull(check: () => Promise<void>): Promise<"ok" | "full" | "error"> {
  return await check().then(
    () => "ok",
    (error: unknown) => (error instanceof SitepodError && error.code === "storage_full" ? "full" : "error"),
  );
}
