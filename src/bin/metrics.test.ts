import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createActivity } from "#control";
import { NO_TRAFFIC } from "#serve";
import { formatMetrics, type ServerState } from "./metrics.ts";

const activity = createActivity();
activity.countRequest({ method: "GET", route: "/api/v1/projects/:id", status: 200 }, 7);
activity.countRequest({ method: "GET", route: "/api/v1/projects/:id", status: 404 }, 31_000);
activity.countEvent("environment.rollback");
activity.cleanedUp(2_000_000);
activity.collected(3_000_000, { blobs: 12, bytes: 34_000 });

/** With everything that there can be. */
const state: ServerState = {
  version: "1.2.3",
  runtime: "1.4.5",
  edge: {
    ...NO_TRAFFIC,
    ready2xx: 90,
    routed5xx: 2,
    sentBytes: 4096,
    hosts: 1,
    pods: 2,
    answers: 3,
    hotBytes: 4,
    unreadable: 1,
    memoryBytes: 5,
    processes: 2,
    restarts: 1,
  },
  memoryBytes: 5_000_000,
  uptimeMs: 61_000,
  nowMs: 10_000_000,
  activity: activity.figures(),
  disk: { free: 400_000, reserved: 500_000, isNearlyFull: true },
  backups: { lastGoodMs: 9_000_000, lastDurationMs: 1500, failures: 1 },
  certificates: { count: 2, firstEndMs: 9_940_000 },
};
const text = formatMetrics(state);

test.each([
  'sitepod_build_info{version="1.2.3",bun="1.4.5"} 1',
  "sitepod_uptime_seconds 61",
  'sitepod_edge_requests_total{kind="ready",code="2xx"} 90',
  'sitepod_edge_requests_total{kind="routed",code="5xx"} 2',
  'sitepod_edge_requests_total{kind="routed",code="4xx"} 0',
  "sitepod_edge_sent_bytes_total 4096",
  "sitepod_edge_unreadable_stores 1",
  'sitepod_api_requests_total{method="GET",route="/api/v1/projects/:id",code="2xx"} 1',
  'sitepod_api_request_duration_seconds_bucket{method="GET",route="/api/v1/projects/:id",le="0.005"} 0',
  'sitepod_api_request_duration_seconds_bucket{method="GET",route="/api/v1/projects/:id",le="0.01"} 1',
  'sitepod_api_request_duration_seconds_bucket{method="GET",route="/api/v1/projects/:id",le="30"} 1',
  'sitepod_api_request_duration_seconds_bucket{method="GET",route="/api/v1/projects/:id",le="+Inf"} 2',
  'sitepod_api_request_duration_seconds_sum{method="GET",route="/api/v1/projects/:id"} 31.007',
  'sitepod_api_request_duration_seconds_count{method="GET",route="/api/v1/projects/:id"} 2',
  'sitepod_events_total{action="release.create"} 0',
  'sitepod_events_total{action="environment.rollback"} 1',
  "sitepod_cleanup_last_success_timestamp_seconds 2000",
  "sitepod_gc_last_success_timestamp_seconds 3000",
  "sitepod_stored_blobs 12",
  "sitepod_stored_bytes 34000",
  "sitepod_disk_free_bytes 400000",
  "sitepod_disk_reserved_bytes 500000",
  "sitepod_disk_nearly_full 1",
  "sitepod_certificates 2",
  "sitepod_certificate_lowest_expiry_seconds -60",
  "sitepod_backup_last_success_timestamp_seconds 9000",
])("the metrics tell %s", (line) => {
  expect(text.split("\n")).toContain(line);
});

test("what is not done, or has not been done yet, is not told", () => {
  const bare = formatMetrics({
    ...state,
    activity: createActivity().figures(),
    backups: undefined,
    certificates: undefined,
  });
  for (const part of ["backup", "certificate", "stored", "_gc_", "_cleanup_"]) expect(bare).not.toContain(part);
});

test("every sample follows the help and type of its family, and none comes twice", () => {
  const lines = text.trimEnd().split("\n");
  let family = "";
  for (const line of lines) {
    if (line.startsWith("# HELP ")) family = line.split(" ")[2]!;
    else if (line.startsWith("# TYPE "))
      expect(line).toMatch(new RegExp(`^# TYPE ${family} (counter|gauge|histogram)$`));
    else expect(line).toMatch(new RegExp(`^${family}(_bucket|_sum|_count)?(\\{[^{}]*\\})? -?[0-9.]+$`));
  }
  const series = lines.map((line) => line.replace(/ [^ ]*$/, ""));
  expect(new Set(series.filter((one) => !one.startsWith("#"))).size).toBe(
    series.filter((one) => !one.startsWith("#")).length,
  );
});

/** The metrics that are told, each with its labels; Prometheus adds `instance` itself. */
const told = new Map<string, Set<string>>();
for (const [, name = "", labels = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? /gm)) {
  const names = [...labels.matchAll(/([a-z]+)="/g)].map(([, label]) => label!);
  told.set(name, new Set([...(told.get(name) ?? ["instance"]), ...names]));
}

const dashboardPath = join(import.meta.dir, "../../docs/public/grafana-dashboard.json");
const dashboard = JSON.parse(readFileSync(dashboardPath, "utf8")) as {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
};

test.each(dashboard.panels.map(({ title, targets }) => [title, targets] as const))(
  "the dashboard's %s asks for metrics and labels that there are",
  (_title, targets) => {
    expect(targets).not.toBeEmpty();
    for (const { expr } of targets) {
      const metrics = [...expr.matchAll(/\b((?:sitepod|process)_[a-z_]+)(?:\{([^}]*)\})?/g)];
      expect(metrics).not.toBeEmpty();
      const labels = metrics.flatMap(([, name = "", matchers = ""]) => {
        expect([...told.keys()]).toContain(name);
        for (const [, label] of matchers.matchAll(/([a-z]+)=/g)) expect([...told.get(name)!]).toContain(label!);
        return [...told.get(name)!];
      });
      for (const [, by = ""] of expr.matchAll(/by \(([^)]*)\)/g)) {
        for (const label of by.split(", ")) expect(labels).toContain(label);
      }
    }
  },
);

test("the dashboard asks for every metric that an operator may look at", () => {
  const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join("\n");
  const notShown = ["_sum", "_count", "sitepod_backup_last_duration_seconds"];
  for (const name of told.keys()) {
    if (!notShown.some((end) => name.endsWith(end)) && name !== "sitepod_certificates") expect(asked).toContain(name);
  }
});
