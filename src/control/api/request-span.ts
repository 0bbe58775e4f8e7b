import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

const tracer = trace.getTracer("sitepod");
const headersOf = { get: (headers: Headers, name: string) => headers.get(name) ?? undefined, keys: () => [] };

/**
 * Answers a request in a span of its own, which goes on with the caller's trace where `traceparent` names one. Names and
 * attributes are those of OpenTelemetry's semantic conventions for HTTP servers.
 */
export const inRequestSpan = <T>(request: Request, answer: (span: Span) => Promise<T>): Promise<T> =>
  tracer.startActiveSpan(
    request.method,
    { kind: SpanKind.SERVER, attributes: { "http.request.method": request.method } },
    propagation.extract(context.active(), request.headers, headersOf),
    async (span) => {
      try {
        return await answer(span);
      } finally {
        span.end();
      }
    },
  );

/** Tells the span which route it was and how it ended. */
export function describeRequestSpan(span: Span, answered: { method: string; route: string; status: number }): void {
  const { method, route, status } = answered;
  span.updateName(`${method} ${route}`);
  span.setAttributes({ "http.route": route, "http.response.status_code": status });
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
}
