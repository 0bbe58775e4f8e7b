import { type ActivityFigures, DURATION_BOUNDS_S, type RouteFigures } from "#control";
import type { DiskState } from "./disk.ts";
import { edgeProcessFamilies, type EdgeProcessState } from "./edge-metrics.ts";
import { counter, type Family, formatFamilies, gauge, type Sample } from "./prometheus.ts";
import type { BackupState } from "./scheduled-backups.ts";

/** The state of a server, all its processes together. */
export type ServerState = EdgeProcessState & {
  readonly activity: ActivityFigures;
  readonly disk: DiskState;
  /** Undefined where none are made. */
  readonly backups: BackupState | undefined;
};

/** Writes the state of the server in Prometheus' text format, 0.0.4. No label has a value that clients or owners make up. */
export function formatMetrics(state: ServerState): string {
  const { activity, disk, backups } = state;
  return formatFamilies([
    ...edgeProcessFamilies(state),
    ...apiFamilies(activity.routes),
    ...housekeepingFamilies(activity),
    ...diskFamilies(disk),
    ...(backups ? backupFamilies(backups) : []),
  ]);
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

const diskFamilies = ({ free, reserved, isNearlyFull }: DiskState): Family[] => [
  gauge("sitepod_disk_free_bytes", "What is free of the data folder's disk", free),
  gauge("sitepod_disk_reserved_bytes", "What deploys leave free of it", reserved),
  gauge("sitepod_disk_nearly_full", "1: deploys are refused for want of room", isNearlyFull ? 1 : 0),
];

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
