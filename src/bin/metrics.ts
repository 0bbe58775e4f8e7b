import type { Edge } from "#serve";

/** Writes the state of the process in Prometheus' text format, 0.0.4. Memory is in bytes. */
export function formatMetrics(
  version: string,
  edge: ReturnType<Edge["stats"]>,
  memoryBytes: number,
  uptimeMs: number,
): string {
  return [
    ...metric("sitepod_info", "gauge", "The running version", 1, `{version="${version}"}`),
    ...metric("sitepod_uptime_seconds", "gauge", "Time since the start", Math.round(uptimeMs / 1000)),
    ...metric("sitepod_edge_requests_total", "counter", "Requests to sites", edge.requests),
    ...metric("sitepod_edge_hosts", "gauge", "Host names remembered", edge.hosts),
    ...metric("sitepod_edge_pods", "gauge", "Manifests kept open", edge.pods),
    ...metric("sitepod_edge_answers", "gauge", "Files whose answers are kept ready", edge.answers),
    ...metric("sitepod_edge_hot_bytes", "gauge", "Memory of answers kept ready", edge.hotBytes),
    ...metric("process_resident_memory_bytes", "gauge", "Resident memory", memoryBytes),
    "",
  ].join("\n");
}

function metric(name: string, type: "counter" | "gauge", help: string, value: number, labels = ""): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name}${labels} ${value}`];
}
