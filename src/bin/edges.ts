import type { SiteFigures } from "#model";
import type { Certificate } from "#pki";
import type { EdgeState } from "./edge-messages.ts";
import type { OpenEdge } from "./open-edge.ts";
import type { StorageOptions } from "./storage-options.ts";

/** What serves sites for this server: an edge in this process, or several in processes of their own. */
export interface Edges {
  readonly httpPort: number;
  readonly httpsPort: number | undefined;
  /** Tells of a changed document. */
  forget(key: string): void;
  /** Resolves once every edge follows what it was told of up to now, or has not said so in time. */
  settled(): Promise<void>;
  useCertificates(certificates: readonly Certificate[]): void;
  /** Has all of them read from another storage, which has the same. Resolves once none reads from the old one. */
  useStorage(storage: StorageOptions): Promise<void>;
  /** What they have answered and keep in memory, all together. */
  state(): Promise<EdgesState>;
  /** Hands over what they have counted of each site since it was handed over last. */
  takeTraffic(): Promise<readonly SiteFigures[]>;
  /** Has all of them say that they are not ready, to who asks. They serve all the same. */
  leave(): Promise<void>;
  /** Takes no new connections, and lets requests under way end for so long. */
  stop(drainMs: number): Promise<void>;
}

export type EdgesState = EdgeState & {
  /** Processes of their own that serve now. */
  readonly processes: number;
  /** How often one was started in the place of another that had ended. */
  readonly restarts: number;
};

/** The edge of a server that is one process. */
export const edgeHere = (edge: OpenEdge): Edges => ({
  httpPort: edge.httpPort,
  httpsPort: edge.httpsPort,
  forget: edge.forget,
  settled: () => Promise.resolve(),
  useCertificates: edge.useCertificates,
  // It is handed what it reads from.
  useStorage: () => Promise.resolve(),
  state: async () => ({ ...(await edge.state()), memoryBytes: 0, processes: 0, restarts: 0 }),
  takeTraffic: async () => edge.takeTraffic(),
  leave: async () => edge.leave(),
  stop: (drainMs) => edge.stop(drainMs),
});
