import { describeRequestSpan, inRequestSpan } from "./api/request-span.ts";
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

interface Beside extends Pick<Context, "activity"> {
  readonly answerError: (error: unknown, requestId?: string) => Response;
}

/** Answers what watchers ask, and counts and traces it as the API does; undefined: it is not one of these. */
export async function answerWatched(
  watched: Watched,
  { activity, answerError }: Beside,
  request: Request,
  requestId?: string,
): Promise<Response | undefined> {
  const { method } = request;
  if (method !== "GET") return undefined;
  const route = new URL(request.url).pathname;
  const answer =
    route === "/api/v1/health" ? watched.health : route === "/api/v1/metrics" ? watched.metrics : undefined;
  if (!answer) return undefined;
  return await inRequestSpan(request, async (span) => {
    const startMs = performance.now();
    const response = await answer().catch((error: unknown) => answerError(error, requestId));
    const answered = { method, route, status: response.status };
    activity.countRequest(answered, performance.now() - startMs);
    describeRequestSpan(span, answered);
    return response;
  });
}
