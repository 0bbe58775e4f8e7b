import { version } from "./version.ts";

/** Writes counters in Prometheus' text format, 0.0.4. `counters` are by name, without prefix. */
export function formatMetrics(counters: Readonly<Record<string, number>>, uptimeMs: number): string {
  const lines = [
    "# TYPE sitepod_info gauge",
    `sitepod_info{version="${version}"} 1`,
    "# TYPE sitepod_uptime_seconds gauge",
    `sitepod_uptime_seconds ${Math.round(uptimeMs / 1000)}`,
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
  ];
  for (const [name, value] of Object.entries(counters)) {
    lines.push(`# TYPE sitepod_${name} counter`, `sitepod_${name} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}
