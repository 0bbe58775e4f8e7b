import { ANSWER_KINDS, STATUS_CLASSES } from "#serve";
import type { EdgesState } from "./edges.ts";
import type { CertificateState } from "./keep-certificates.ts";
import { counter, type Family, formatFamilies, gauge, type Sample } from "./prometheus.ts";

/** The state of whatever serves sites, all its processes together. */
export interface EdgeProcessState {
  readonly version: string;
  /** The version of Bun. */
  readonly runtime: string;
  readonly edge: EdgesState;
  /** Resident. */
  readonly memoryBytes: number;
  readonly uptimeMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** Undefined where HTTPS is off. */
  readonly certificates: CertificateState | undefined;
}

/** The state of an edge on a machine of its own. */
export type EdgeServerState = EdgeProcessState & {
  /** Control planes that it was told of, and those of them that it hears. */
  readonly control: { readonly named: number; readonly heard: number };
};

/** Writes it as formatMetrics does that of a server with a control plane. */
export const formatEdgeMetrics = (state: EdgeServerState): string =>
  formatFamilies([
    ...edgeProcessFamilies(state),
    gauge("sitepod_edge_control_planes", "Control planes that this edge was told of", state.control.named),
    gauge("sitepod_edge_control_planes_heard", "Those that tell it of releases now", state.control.heard),
  ]);

export function edgeProcessFamilies(state: EdgeProcessState): Family[] {
  const { version, runtime, edge, certificates } = state;
  return [
    gauge("sitepod_build_info", "The running version", 1, { version, bun: runtime }),
    gauge("sitepod_uptime_seconds", "Time since the start", Math.round(state.uptimeMs / 1000)),
    gauge("process_resident_memory_bytes", "Resident memory", state.memoryBytes),
    ...edgeFamilies(edge),
    ...(certificates ? certificateFamilies(certificates, state.nowMs) : []),
  ];
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
    gauge(
      "sitepod_edge_unreadable_stores",
      "Processes that serve sites and cannot read the store now",
      edge.unreadable,
    ),
    gauge("sitepod_edge_hosts", "Host names remembered", edge.hosts),
    gauge("sitepod_edge_pods", "Manifests kept open", edge.pods),
    gauge("sitepod_edge_answers", "Files whose answers are kept ready", edge.answers),
    gauge("sitepod_edge_hot_bytes", "Memory of answers kept ready", edge.hotBytes),
    gauge("sitepod_edge_processes", "Processes that serve sites, beside the server's own", edge.processes),
    counter("sitepod_edge_restarts_total", "Edges that took the place of one that had ended", edge.restarts),
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
