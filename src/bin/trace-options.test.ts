import { describe, expect, test } from "bun:test";
import { decideTraces } from "./trace-options.ts";

const ADDRESS = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };

describe("nothing is traced", () => {
  test.each([
    ["without a word of it", {}],
    ["where the address is empty", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }],
    ["where the exporter is none", { ...ADDRESS, OTEL_TRACES_EXPORTER: "none" }],
    ["where all of it is disabled", { ...ADDRESS, OTEL_SDK_DISABLED: "true" }],
  ])("%s", (_, env) => expect(decideTraces(env)).toBeUndefined());
});

test("an address is enough, and the rest is the standard's default", () => {
  expect(decideTraces(ADDRESS)).toEqual({
    encoding: "protobuf",
    sampler: "parentbased_always_on",
    ratio: 1,
    batch: { maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMillis: 5000, exportTimeoutMillis: 30_000 },
  });
});

test("what is set is heeded, the variable for traces before the one for all signals", () => {
  const env = {
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_BSP_SCHEDULE_DELAY: "100",
  };
  expect(decideTraces(env)).toMatchObject({
    encoding: "json",
    sampler: "traceidratio",
    ratio: 0.25,
    batch: { scheduledDelayMillis: 100 },
  });
});

test("all faults are told at once", () => {
  const env = {
    ...ADDRESS,
    OTEL_TRACES_EXPORTER: "zipkin",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_TRACES_SAMPLER: "jaeger_remote",
    OTEL_TRACES_SAMPLER_ARG: "2",
    OTEL_BSP_MAX_QUEUE_SIZE: "10",
    OTEL_BSP_SCHEDULE_DELAY: "soon",
  };
  expect(() => decideTraces(env)).toThrow(
    expect.objectContaining({
      code: "invalid",
      message: [
        "Traces cannot be sent:",
        '  OTEL_TRACES_EXPORTER is "zipkin" and must be otlp or none',
        '  OTEL_EXPORTER_OTLP_PROTOCOL is "grpc" and must be http/json or http/protobuf',
        '  OTEL_TRACES_SAMPLER is "jaeger_remote" and must be one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio',
        "  OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1",
        "  OTEL_BSP_SCHEDULE_DELAY must be a whole number above 0",
        "  OTEL_BSP_MAX_EXPORT_BATCH_SIZE must not be more than OTEL_BSP_MAX_QUEUE_SIZE",
      ].join("\n"),
    }),
  );
});
