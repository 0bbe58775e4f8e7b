import { inspect } from "node:util";
import { trace } from "@opentelemetry/api";
import { currentRequestId } from "./request-id.ts";

export type Log = (message: string, cause?: unknown) => void;

const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export function parseLogFormat(text: string, faults: string[]): LogFormat {
  const format = LOG_FORMATS.find((known) => known === text);
  if (!format) faults.push(`--log-format is ${JSON.stringify(text)} and must be ${LOG_FORMATS.join(" or ")}`);
  return format ?? "text";
}

/** What happened, once. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly message: string;
  /** What went wrong: shown with its stack, since an operator has nothing else to go by. */
  readonly cause: unknown;
  /** Of the request that was being answered; undefined beside requests. */
  readonly requestId: string | undefined;
  /** Of the trace that the work belongs to; undefined where it is not traced. */
  readonly traceId?: string | undefined;
  /** The number of the edge that tells it; undefined for the server itself. */
  readonly edge: number | undefined;
}

/** Returns what writes to the standard error; `edge` is the number of the one that this process is. */
export const createLog =
  (format: LogFormat, edge?: number): Log =>
  (message, cause) =>
    console.error(
      formatEvent(format, {
        atMs: Date.now(),
        message,
        cause,
        requestId: currentRequestId(),
        traceId: trace.getActiveSpan()?.spanContext().traceId,
        edge,
      }),
    );

/** As JSON an event is one line, whatever it holds. */
export function formatEvent(format: LogFormat, event: LogEvent): string {
  const { atMs, message, cause, requestId, traceId, edge } = event;
  const time = new Date(atMs).toISOString();
  const error = cause === undefined ? undefined : describe(cause);
  switch (format) {
    case "text": {
      const source = edge === undefined ? "" : `edge ${edge}: `;
      const request = requestId === undefined ? "" : ` (request ${requestId})`;
      return `${time} ${source}${message}${request}${error === undefined ? "" : `\n${error}`}`;
    }
    case "json":
      return JSON.stringify({
        time,
        level: error === undefined ? "info" : "error",
        message,
        error,
        request_id: requestId,
        trace_id: traceId,
        edge,
      });
    default:
      return format satisfies never;
  }
}

/** Bun's own inspection would show the lines of the source too: in the executable thousands of characters on end. */
function describe(cause: unknown): string {
  const text = inspect(cause);
  // The stack of what the system's own objects throw (DOMException) does not begin with what happened.
  return cause instanceof Error && !text.includes(cause.message) ? `${cause.name}: ${cause.message}\n${text}` : text;
}
