import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { LogEvent } from "kysely";

const tracer = trace.getTracer("sitepod");

/**
 * Returns what is told of every query, and adds it to the trace of the work that it was for, if there is one. Its text has
 * placeholders for all values.
 */
export const traceQuery =
  (system: "sqlite" | "postgresql") =>
  ({ level, query, queryDurationMillis }: LogEvent): void => {
    if (!trace.getActiveSpan()?.isRecording()) return;
    const endMs = Date.now();
    const [operation = "query"] = query.sql.trimStart().split(/\s/, 1);
    const span = tracer.startSpan(operation.toUpperCase(), {
      kind: SpanKind.CLIENT,
      startTime: endMs - queryDurationMillis,
      attributes: { "db.system.name": system, "db.query.text": query.sql },
    });
    if (level === "error") span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endMs);
  };
