import { randomUUID } from "node:crypto";
import { isNearlyFull, type SiteFigures } from "#model";
import type { Certificate } from "#pki";
import {
  createEdge,
  createProxy,
  type Edge,
  type EdgeOptions,
  type EdgeStats,
  respondPage,
  type TryPassword,
} from "#serve";
import { createClients } from "./clients.ts";
import { createCoarseClock } from "./coarse-clock.ts";
import { readDiskSpace } from "./disk-space.ts";
import type { EdgeSettings } from "./edge-settings.ts";
import { type AnswerControl, type EdgeCertificates, type Listeners, listen } from "./listeners.ts";
import type { Log } from "./log.ts";
import { createForeignCheck } from "./own-addresses.ts";
import { createProbes } from "./probes.ts";
import { parseProxies } from "./proxies.ts";

/** What an edge is given beside its settings: where it reads, and whom it asks. */
export interface EdgeParts {
  readonly readers: EdgeOptions["readers"];
  /** Throws where the store cannot be read now. */
  readonly checkReadable: () => Promise<void>;
  /** Throws where the control plane cannot be used now. Undefined where sites are what one is sent here for. */
  readonly checkControl?: () => Promise<void>;
  /** Undefined where HTTPS is off. */
  readonly certificates: EdgeCertificates | undefined;
  /** Answers a request for the control plane, which came from the client at `address`. */
  readonly answerControl: AnswerControl;
  readonly tryPassword: TryPassword;
  readonly log: Log;
}

/** An edge that listens. */
export interface OpenEdge {
  readonly httpPort: number;
  readonly httpsPort: number | undefined;
  /** Drops what came from a document of the store. To be called after each change of one. */
  forget(key: string): void;
  /** Uses these certificates for connections from now on. */
  useCertificates(certificates: readonly Certificate[]): void;
  state(): Promise<OpenEdgeState>;
  /** Hands over what was counted of each site since it was handed over last. */
  takeTraffic(): SiteFigures[];
  /** Says from now on, to who asks whether it is ready, that it is not. It serves all the same. */
  leave(): void;
  stop: Listeners["stop"];
}

/** What it has answered and keeps in memory, and 1 where it cannot read the store now. */
export type OpenEdgeState = EdgeStats & { readonly unreadable: number };

/** Opens the ports and serves. Throws SitepodError `conflict` or `forbidden` where a port cannot be had. */
export function openEdge(settings: EdgeSettings, parts: EdgeParts): OpenEdge {
  const { readers, certificates, checkReadable, checkControl, answerControl, tryPassword, log } = parts;
  const isBehindHttps = settings.publicUrl?.startsWith("https:") ?? false;
  const visitors = {
    addressOf: (request: Request) => clients.address(request),
    isHttps: (request: Request) => isBehindHttps || request.url.startsWith("https:"),
  };
  const edge = createEdge({
    readers,
    domain: settings.domain,
    nowMs: createCoarseClock(),
    log,
    isHttpsOnly: settings.https !== undefined,
    countsSites: settings.countsSites,
    access: { ...visitors, tryPassword },
    rules: {
      countryHeader: settings.countryHeader,
      proxy: settings.allowProxying
        ? createProxy({ ...visitors, isAllowedAddress: createForeignCheck(settings.publicAddresses) })
        : undefined,
    },
  });
  const proxies = settings.proxies === undefined ? undefined : parseProxies(settings.proxies);
  const clients = createClients((request) => listeners.peerOf(request), proxies, randomUUID);
  const isStoreShared = settings.servesSites && settings.storage.type !== "local";
  const { data, diskReserve } = settings;
  const isDiskNearlyFull = async () =>
    diskReserve !== undefined && isNearlyFull(await readDiskSpace(data), diskReserve);
  const probes = createProbes({
    checkReadable,
    isStoreShared,
    isNearlyFull: isDiskNearlyFull,
    checkControl,
    nowMs: Date.now,
  });
  const sites = settings.servesSites ? edge : withoutSites(edge);
  const listeners = listen(settings, certificates, { edge: sites, clients, probes, answerControl, log });
  return {
    httpPort: listeners.httpPort,
    httpsPort: listeners.tls?.port,
    forget: (key) => edge.forget(key),
    useCertificates: (all) => listeners.tls?.use(all),
    state: async () => ({ ...edge.stats(), unreadable: (await probes.isReadable()) ? 0 : 1 }),
    takeTraffic: edge.takeTraffic,
    leave: probes.leave,
    stop: listeners.stop,
  };
}

/** Answers in the place of sites that there are none here. */
const withoutSites = ({ parseHost, fetch }: Edge): Pick<Edge, "parseHost" | "fetch" | "fetchReady"> => ({
  parseHost,
  fetchReady: () => undefined,
  fetch: (request) =>
    parseHost(request.headers.get("host")).kind === "invalid" ? fetch(request) : respondPage("noSites", request.method),
});
