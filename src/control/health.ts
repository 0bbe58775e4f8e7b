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

/** Answers how the server is: 503 only where serving is impaired, which it is not without a database. */
export async function healthResponse(source: HealthSource): Promise<Response> {
  const [database, storage] = await Promise.all([works(source.checkDatabase), works(() => source.store.check())]);
  const health: z.infer<typeof api.health> = {
    status: storage === "error" ? "error" : database === "error" ? "degraded" : "ok",
    database,
    storage,
    uptime: Math.round((source.nowMs() - source.startedMs) / 1000),
    version: source.version,
  };
  return Response.json(health, {
    status: storage === "ok" ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}

async function works(check: () => Promise<void>): Promise<"ok" | "error"> {
  return await check().then(
    () => "ok",
    () => "error",
  );
}
