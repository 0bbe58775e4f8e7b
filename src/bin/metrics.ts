import type { EdgesState } from "./edges.ts";
import type { BackupState } from "./scheduled-backups.ts";

/** Writes the state of the server, all its processes together, in Prometheus' text format, 0.0.4. Memory is in bytes. */
export function formatMetrics(
  version: string,
  edge: EdgesState,
  memoryBytes: number,
  uptimeMs: number,
  backups: BackupState | undefined,
): string {
  return [
    ...metric("sitepod_info", "gauge", "The running version", 1, `{version="${version}"}`),
    ...metric("sitepod_uptime_seconds", "gauge", "Time since the start", Math.round(uptimeMs / 1000)),
    ...metric("sitepod_edge_requests_total", "counter", "Requests to sites", edge.requests),
    ...metric("sitepod_edge_hosts", "gauge", "Host names remembered", edge.hosts),
    ...metric("sitepod_edge_pods", "gauge", "Manifests kept open", edge.pods),
    ...metric("sitepod_edge_answers", "gauge", "Files whose answers are kept ready", edge.answers),
    ...metric("sitepod_edge_hot_bytes", "gauge", "Memory of answers kept ready", edge.hotBytes),
    ...metric("sitepod_edge_processes", "gauge", "Processes that serve sites, beside the server's own", edge.processes),
    ...metric(
      "sitepod_edge_restarts_total",
      "counter",
      "Edges that took the place of one that had ended",
      edge.restarts,
    ),
    ...metric("process_resident_memory_bytes", "gauge", "Resident memory", memoryBytes),
    ...(backups ? backupMetrics(backups) : []),
    "",
  ].join("\n");
}

/** A time of 0 says that there is no good backup: an alarm on its age needs no case of its own. */
function backupMetrics({ lastGoodMs = 0, lastDurationMs, failures }: BackupState): string[] {
  return [
    ...metric(
      "sitepod_backup_last_success_timestamp_seconds",
      "gauge",
      "When the last good backup was made; 0: there is none",
      Math.floor(lastGoodMs / 1000),
    ),
    ...metric("sitepod_backup_failures_total", "counter", "Scheduled backups that failed", failures),
    ...(lastDurationMs === undefined
      ? []
      : metric(
          "sitepod_backup_last_duration_seconds",
          "gauge",
          "What the last good backup took",
          lastDurationMs / 1000,
        )),
  ];
}

function metric(name: string, type: "counter" | "gauge", help: string, value: number, labels = ""): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name}${labels} ${value}`];
}
