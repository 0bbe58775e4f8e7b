import type { Context } from "./context.ts";
import { createHealth } from "./health.ts";
import { metricsResponse } from "./metrics-response.ts";

/** What those who watch a server ask for every few seconds. */
export interface Watched {
  readonly health: () => Promise<Response>;
  readonly metrics: () => Promise<Response>;
}

/** `metrics` gives the Prometheus text of the whole process. */
export function createWatched(context: Context, metrics: () => string | Promise<string>): Watched {
  const { db, store, nowMs, settings } = context;
  const checkDatabase = async () => {
    await db.check();
    await db.query.selectFrom("workspaces").select("id").limit(1).execute();
  };
  return {
    health: createHealth({ store, checkDatabase, nowMs, startedMs: nowMs(), version: settings.version }),
    metrics: async () => metricsResponse(await metrics()),
  };
}

/** Answers what watchers ask, and counts it as the API does; undefined: it is not one of these. */
export async function answerWatched(
  watched: Watched,
  { activity }: Pick<Context, "activity">,
  { method, url }: Request,
): Promise<Response | undefined> {
  if (method !== "GET") return undefined;
  const startMs = performance.now();
  const route = new URL(url).pathname;
  const answer =
    route === "/api/v1/health" ? watched.health : route === "/api/v1/metrics" ? watched.metrics : undefined;
  const response = await answer?.();
  if (response) activity.countRequest({ method, route, status: response.status }, performance.now() - startMs);
  return response;
}
