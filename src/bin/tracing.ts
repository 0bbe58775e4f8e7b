import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "./log.ts";
import type { SamplerName, TraceOptions } from "./trace-options.ts";
import { version } from "./version.ts";
import { within } from "./within.ts";

/** A server that stops waits no longer than this for its collector. */
const FAREWELL_MS = 3000;
/** Complaints about a collector that is away are told once in so long. */
const SILENCE_MS = 60_000;

/** Has all spans from now on sent to a collector. Returns what sends the last of them, before the process ends. */
export function startTracing({ encoding, sampler, ratio, batch }: TraceOptions, log: Log): () => Promise<void> {
  tellFaults(log);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const exporter = encoding === "json" ? new JsonExporter() : new ProtobufExporter();
  const service = resourceFromAttributes({ "service.name": "sitepod", "service.version": version });
  const provider = new TracerProvider({
    // The environment's own name for the service is the one that counts.
    resource: service.merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...batch })],
  });
  trace.setGlobalTracerProvider(provider);
  return async () => await within(FAREWELL_MS, provider.shutdown());
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return name satisfies never;
  }
}

/** What the exporter says may hold the headers it sends: only that it failed is told. */
function tellFaults(log: Log): void {
  let toldMs = -Infinity;
  const tell = () => {
    const nowMs = performance.now();
    if (nowMs - toldMs < SILENCE_MS) return;
    toldMs = nowMs;
    log("Traces could not be sent: see whether the collector of OTEL_EXPORTER_OTLP_ENDPOINT answers");
  };
  const ignore = () => {};
  diag.setLogger({ error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
}
