import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Store } from "#store";

const tracer = trace.getTracer("sitepod");

/** Has what is done with the store added to the trace of the work that it is for, if there is one. */
export function traceStore(store: Store): Store {
  return {
    ...store,
    documents: traceMethods("documents", store.documents, ["read", "create", "replace", "remove"]),
    blobs: traceMethods("blobs", store.blobs, ["size", "bytes", "write", "remove"]),
    uploads: traceMethods("uploads", store.uploads, ["stage", "stageAll", "stagePart", "staged", "commit"]),
  };
}

function traceMethods<T extends object>(name: string, part: T, traced: readonly (string & keyof T)[]): T {
  const methods = new Map<string | symbol, unknown>();
  return new Proxy(part, {
    get(_, key) {
      const method = part[key as keyof T];
      if (typeof method !== "function") return method;
      if (!methods.has(key)) {
        const bound = method.bind(part) as (...values: unknown[]) => Promise<unknown>;
        methods.set(key, traced.some((known) => known === key) ? inSpan(`${name}.${String(key)}`, bound) : bound);
      }
      return methods.get(key);
    },
  });
}

/** Where nobody traces it, an operation costs one look more. */
function inSpan(name: string, operate: (...values: unknown[]) => Promise<unknown>) {
  return (...values: unknown[]): Promise<unknown> => {
    if (!trace.getActiveSpan()?.isRecording()) return operate(...values);
    return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT }, async (span) => {
      try {
        return await operate(...values);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}
