import { SitepodError } from "#model";

/** Which spans are kept and how they leave, as OpenTelemetry's standard variables say. */
export interface TraceOptions {
  readonly encoding: "json" | "protobuf";
  readonly sampler: SamplerName;
  /** The share of new traces that are kept, 0 to 1, for samplers that go by it. */
  readonly ratio: number;
  readonly batch: {
    readonly maxQueueSize: number;
    readonly maxExportBatchSize: number;
    readonly scheduledDelayMillis: number;
    readonly exportTimeoutMillis: number;
  };
}

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

const PROTOCOLS: Readonly<Record<string, TraceOptions["encoding"]>> = {
  "http/json": "json",
  "http/protobuf": "protobuf",
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Decides from the environment whether work is traced; undefined: it is not. What the exporter reads by itself (addresses,
 * headers, certificates, time limits) is left to it. Throws SitepodError `invalid` with all faults.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function decideTraces(env: Environment): TraceOptions | undefined {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const exporter = read("OTEL_TRACES_EXPORTER");
  const isAddressed = read("OTEL_EXPORTER_OTLP_ENDPOINT") ?? read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (read("OTEL_SDK_DISABLED")?.toLowerCase() === "true" || exporter === "none") return undefined;
  if (exporter === undefined && isAddressed === undefined) return undefined;

  const faults: string[] = [];
  if (exporter !== undefined && exporter !== "otlp")
    faults.push(refuse("OTEL_TRACES_EXPORTER", exporter, "otlp or none"));
  const protocol = read("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? read("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf";
  const encoding = PROTOCOLS[protocol];
  if (!encoding) faults.push(refuse("OTEL_EXPORTER_OTLP_PROTOCOL", protocol, Object.keys(PROTOCOLS).join(" or ")));
  const wanted = read("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
  const sampler = SAMPLERS.find((known) => known === wanted);
  if (!sampler) faults.push(refuse("OTEL_TRACES_SAMPLER", wanted, `one of ${SAMPLERS.join(", ")}`));
  const ratio = Number(read("OTEL_TRACES_SAMPLER_ARG") ?? 1);
  if (!(ratio >= 0 && ratio <= 1)) faults.push("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1");
  const count = (name: string, fallback: number): number => {
    const value = Number(read(name) ?? fallback);
    if (!Number.isSafeInteger(value) || value < 1) faults.push(`${name} must be a whole number above 0`);
    return value;
  };
  const batch = {
    maxQueueSize: count("OTEL_BSP_MAX_QUEUE_SIZE", 2048),
    maxExportBatchSize: count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
    scheduledDelayMillis: count("OTEL_BSP_SCHEDULE_DELAY", 5000),
    exportTimeoutMillis: count("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
  };
  if (batch.maxExportBatchSize > batch.maxQueueSize) {
    faults.push("OTEL_BSP_MAX_EXPORT_BATCH_SIZE must not be more than OTEL_BSP_MAX_QUEUE_SIZE");
  }
  if (!encoding || !sampler || faults.length > 0) {
    throw new SitepodError("invalid", `Traces cannot be sent:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
  return { encoding, sampler, ratio, batch };
}

const refuse = (name: string, text: string, expected: string): string =>
  `${name} is ${JSON.stringify(text)} and must be ${expected}`;
