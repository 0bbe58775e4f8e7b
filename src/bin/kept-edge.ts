import type { SiteFigures } from "#model";
import type { Certificate } from "#pki";
import { addTraffic, NO_TRAFFIC, type TryPassword } from "#serve";
import { type EdgeChild, spawnEdge } from "./edge-child.ts";
import type { EdgeState, Ports } from "./edge-messages.ts";
import type { EdgeSettings } from "./edge-settings.ts";
import type { EdgesState } from "./edges.ts";
import type { EdgeCertificates } from "./listeners.ts";
import type { Log } from "./log.ts";
import { restartDelayMs } from "./restart-delay.ts";
import type { StorageOptions } from "./storage-options.ts";
import { within } from "./within.ts";

export interface KeptEdgeOptions {
  readonly settings: EdgeSettings;
  /** Path of the socket at which this process answers for the control plane. */
  readonly controlSocket: string;
  /** Undefined where HTTPS is off. */
  readonly certificates: Omit<EdgeCertificates, "challenges"> | undefined;
  readonly tryPassword: TryPassword;
  readonly log: Log;
}

/** An edge in a process of its own: where that ends, another takes its place. */
export interface KeptEdge {
  readonly ports: Ports;
  /** Tells of a changed document. Resolves once the edge follows it, or has not said so in time. */
  forget(key: string): Promise<void>;
  useCertificates(certificates: readonly Certificate[]): void;
  /** Has the edge, and whatever takes its place, read from another storage. Resolves once none reads from the old one. */
  useStorage(storage: StorageOptions): Promise<void>;
  state(): Promise<EdgesState>;
  /** Returns what it has counted of each site since it was asked last, and those in whose place it is. */
  takeTraffic(): Promise<readonly SiteFigures[]>;
  /** Has the edge, and whatever takes its place, say that it is not ready. Resolves once it does, or has not in time. */
  leave(): Promise<void>;
  stop(drainMs: number): Promise<void>;
}

/** Beyond the time for requests under way, before an edge is killed. */
const END_MARGIN_MS = 2000;
const NOTHING: EdgeState = { ...NO_TRAFFIC, hosts: 0, pods: 0, answers: 0, hotBytes: 0, unreadable: 0, memoryBytes: 0 };

/** Starts the edge of that number. Throws where it cannot start. */
export async function keepEdge(number: number, options: KeptEdgeOptions): Promise<KeptEdge> {
  const { controlSocket, log } = options;
  const stopping = Promise.withResolvers<void>();
  let { settings, certificates } = options;
  let isStopping = false;
  let isLeaving = false;
  let restarts = 0;
  let trafficOfEnded = NO_TRAFFIC;
  const figuresOfEnded: SiteFigures[] = [];
  let edge = spawnEdge(options.tryPassword);

  /** Throws where it does not open; then it is no more. */
  async function open(opened: EdgeChild): Promise<Ports> {
    const sent = certificates;
    try {
      const ports = await opened.open({ settings, number, controlSocket }, sent);
      if (certificates && certificates !== sent) opened.useCertificates(certificates.stored);
      if (isLeaving) await opened.leave();
      return ports;
    } catch (error) {
      opened.kill("SIGKILL");
      throw error;
    }
  }

  async function keep(): Promise<void> {
    for (let waitMs = 0; ;) {
      const startMs = performance.now();
      const how = await edge.ended;
      trafficOfEnded = addTraffic(trafficOfEnded, edge.trafficTold());
      if (isStopping) return;
      figuresOfEnded.push(...(await edge.takeTraffic()));
      waitMs = restartDelayMs(waitMs, performance.now() - startMs);
      log(`Edge ${number} has ended (${how}): another takes its place in ${waitMs} ms`);
      await Promise.race([Bun.sleep(waitMs), stopping.promise]);
      if (isStopping) return;
      restarts++;
      edge = spawnEdge(options.tryPassword);
      open(edge).catch((cause: unknown) => isStopping || log(`Edge ${number} cannot start`, cause));
    }
  }

  const ports = await open(edge);
  // Where the system chose them, whoever takes its place must have the same.
  settings = withPorts(settings, ports);
  void keep();
  return {
    ports,
    forget: (key) => edge.forget(key),
    useCertificates(stored) {
      certificates = certificates && { ...certificates, stored };
      if (edge.isOpen()) edge.useCertificates(stored);
    },
    async useStorage(storage) {
      settings = { ...settings, storage };
      const asked = edge;
      if (await asked.useStorage(storage)) return;
      // Another takes its place, and reads from there.
      asked.kill("SIGKILL");
      await asked.ended;
    },
    async state() {
      const asked = edge;
      const state = await asked.state();
      const traffic = asked === edge ? addTraffic(trafficOfEnded, asked.trafficTold()) : trafficOfEnded;
      return { ...(state ?? NOTHING), ...traffic, processes: state ? 1 : 0, restarts };
    },
    takeTraffic: async () => [...figuresOfEnded.splice(0), ...(await edge.takeTraffic())],
    leave() {
      isLeaving = true;
      return edge.leave();
    },
    async stop(drainMs) {
      isStopping = true;
      stopping.resolve();
      edge.end(drainMs);
      await within(drainMs + END_MARGIN_MS, edge.ended);
      edge.kill("SIGKILL");
      await edge.ended;
    },
  };
}

/** The settings of an edge that is to listen where another does. */
export const withPorts = (settings: EdgeSettings, { httpPort, httpsPort }: Ports): EdgeSettings => ({
  ...settings,
  port: httpPort,
  https: settings.https && { ...settings.https, port: httpsPort! },
});
