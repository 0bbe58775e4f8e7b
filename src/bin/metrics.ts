import { type ActivityFigures, DURATION_BOUNDS_S, type RouteFigures } from "#control";
import { ANSWER_KINDS, STATUS_CLASSES } from "#serve";
import type { EdgesState } from "./edges.ts";
import type { CertificateState } from "./keep-certificates.ts";
import { type Family, formatFamilies, type Sample } from "./prometheus.ts";
import type { BackupState } from "./scheduled-backups.ts";

/** The state of a server, all its processes together. */
export interface ServerState {
  readonly version: string;
  /** The version of Bun. */
  readonly runtime: string;
  readonly edge: EdgesState;
  /** Resident. */
  readonly memoryBytes: number;
  readonly uptimeMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly activity: ActivityFigures;
  /** Undefined where none are made. */
  readonly backups: BackupState | undefined;
  /** Undefined where HTTPS is off. */
  readonly certificates: CertificateState | undefined;
}

/** Writes the state of the server in Prometheus' text format, 0.0.4. No label has a value that clients or owners make up. */
export function formatMetrics(state: ServerState): string {
  const { edge, activity, backups, certificates, nowMs } = state;
  return formatFamilies([
    gauge("sitepod_build_info", "The running version", 1, { version: state.version, bun: state.runtime }),
    gauge("sitepod_uptime_seconds", "Time since the start", Math.round(state.uptimeMs / 1000)),
    gauge("process_resident_memory_bytes", "Resident memory", state.memoryBytes),
    ...edgeFamilies(edge),
    ...apiFamilies(activity.routes),
    ...housekeepingFamilies(activity),
    ...(certificates ? certificateFamilies(certificates, nowMs) : []),
    ...(backups ? backupFamilies(backups) : []),
  ]);
}

function edgeFamilies(edge: EdgesState): Family[] {
  const answered = ANSWER_KINDS.flatMap((kind) =>
    STATUS_CLASSES.map((digit): Sample => ({
      labels: { kind, code: `${digit}xx` },
      value: edge[`${kind}${digit}xx`],
    })),
  );
  return [
    {
      name: "sitepod_edge_requests_total",
      type: "counter",
      help: "Requests to sites that were answered: ready by URL, or routed by host, pointer and manifest",
      samples: answered,
    },
    counter("sitepod_edge_sent_bytes_total", "Bytes of files in answers, counted when they begin", edge.sentBytes),
    gauge("sitepod_edge_hosts", "Host names remembered", edge.hosts),
    gauge("sitepod_edge_pods", "Manifests kept open", edge.pods),
    gauge("sitepod_edge_answers", "Files whose answers are kept ready", edge.answers),
    gauge("sitepod_edge_hot_bytes", "Memory of answers kept ready", edge.hotBytes),
    gauge("sitepod_edge_processes", "Processes that serve sites, beside the server's own", edge.processes),
    counter("sitepod_edge_restarts_total", "Edges that took the place of one that had ended", edge.restarts),
  ];
}

function apiFamilies(routes: readonly RouteFigures[]): Family[] {
  return [
    {
      name: "sitepod_api_requests_total",
      type: "counter",
      help: "Requests to the API that were answered, by the pattern of their route",
      samples: routes.flatMap(({ method, route, classes }) =>
        [...classes].map(([code, value]): Sample => ({ labels: { method, route, code }, value })),
      ),
    },
    {
      name: "sitepod_api_request_duration_seconds",
      type: "histogram",
      help: "Time until an answer of the API began",
      samples: routes.flatMap(durationSamples),
    },
  ];
}

function durationSamples({ method, route, classes, within, totalSeconds }: RouteFigures): Sample[] {
  const labels = { method, route };
  const count = [...classes.values()].reduce((sum, each) => sum + each, 0);
  return [
    ...DURATION_BOUNDS_S.map((bound, i): Sample => ({
      suffix: "_bucket",
      labels: { ...labels, le: `${bound}` },
      value: within[i]!,
    })),
    { suffix: "_bucket", labels: { ...labels, le: "+Inf" }, value: count },
    { suffix: "_sum", labels, value: totalSeconds },
    { suffix: "_count", labels, value: count },
  ];
}

function housekeepingFamilies({ events, cleanedUpMs, garbage }: ActivityFigures): Family[] {
  return [
    {
      name: "sitepod_events_total",
      type: "counter",
      help: "Changes, by their action in the audit log: a deploy is release.create",
      samples: [...events].map(([action, value]): Sample => ({ labels: { action }, value })),
    },
    ...(cleanedUpMs === undefined
      ? []
      : [
          gauge(
            "sitepod_cleanup_last_success_timestamp_seconds",
            "When expired things went last",
            seconds(cleanedUpMs),
          ),
        ]),
    ...(garbage === undefined
      ? []
      : [
          gauge("sitepod_gc_last_success_timestamp_seconds", "When garbage was collected last", seconds(garbage.atMs)),
          gauge("sitepod_stored_blobs", "Contents in the store, when garbage was collected last", garbage.blobs),
          gauge("sitepod_stored_bytes", "Their bytes, without compressed forms", garbage.bytes),
        ]),
  ];
}

/** What has expired is below 0: an alarm needs no case of its own. */
function certificateFamilies({ count, firstEndMs }: CertificateState, nowMs: number): Family[] {
  return [
    gauge("sitepod_certificates", "Certificates in use", count),
    ...(firstEndMs === undefined
      ? []
      : [
          gauge(
            "sitepod_certificate_lowest_expiry_seconds",
            "Time until the first of them expires",
            Math.floor((firstEndMs - nowMs) / 1000),
          ),
        ]),
  ];
}

/** A time of 0 says that there is no good backup: an alarm on its age needs no case of its own. */
function backupFamilies({ lastGoodMs = 0, lastDurationMs, failures }: BackupState): Family[] {
  return [
    gauge(
      "sitepod_backup_last_success_timestamp_seconds",
      "When the last good backup was made; 0: there is none",
      seconds(lastGoodMs),
    ),
    counter("sitepod_backup_failures_total", "Scheduled backups that failed", failures),
    ...(lastDurationMs === undefined
      ? []
      : [gauge("sitepod_backup_last_duration_seconds", "What the last good backup took", lastDurationMs / 1000)]),
  ];
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

const gauge = (name: string, help: string, value: number, labels: Sample["labels"] = {}): Family => ({
  name,
  type: "gauge",
  help,
  samples: [{ labels, value }],
});

const counter = (name: string, help: string, value: number): Family => ({
  name,
  type: "counter",
  help,
  samples: [{ labels: {}, value }],
});
