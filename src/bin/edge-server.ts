import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SitepodError } from "#model";
import { respondPage } from "#serve";
import { createManifestReader, createReaders, RecordReader } from "#store";
import { requireSettled } from "#upkeep";
import { type ControlLink, createControlLink } from "./control-link.ts";
import { readEdgeKey } from "./edge-key.ts";
import { formatEdgeMetrics } from "./edge-metrics.ts";
import { type EdgeSettings, edgeSettingsOf } from "./edge-settings.ts";
import type { Edges } from "./edges.ts";
import { followCertificates } from "./follow-certificates.ts";
import { formatEdgeGreeting } from "./greeting.ts";
import { type CertificateKeeping, keepCertificates } from "./keep-certificates.ts";
import { keepTraffic } from "./keep-traffic.ts";
import type { AnswerControl } from "./listeners.ts";
import type { Log } from "./log.ts";
import { openSharedStore, removeOldCaches } from "./open-store.ts";
import { withPorts } from "./kept-edge.ts";
import { createPassOnTo } from "./pass-on.ts";
import type { RunningServer } from "./running-server.ts";
import type { ServeOptions } from "./serve-options.ts";
import { startEdges } from "./start-edges.ts";
import { boundPile } from "./traffic-pile.ts";
import { handOverReports } from "./traffic-reports.ts";
import type { Predecessor } from "./succession.ts";
import { version } from "./version.ts";

/** For Prometheus. Each edge answers for itself, whoever answers for the control plane. */
const METRICS_PATH = "/api/v1/metrics";

/**
 * Serves sites where there is no control plane: from a bucket, or from the data folder of a server, which is only read.
 * Throws SitepodError where it cannot start.
 */
export async function startEdgeServer(
  options: ServeOptions,
  log: Log,
  predecessor?: Predecessor,
): Promise<RunningServer> {
  const startedMs = Date.now();
  // In another server's folder an edge only reads: without a control plane it could tell nobody what it counted.
  const tellsTraffic = options.storage.type !== "local" || options.controlUrls.length > 0;
  const trafficEveryS = tellsTraffic ? options.trafficEveryS : 0;
  const told = edgeSettingsOf({ ...options, trafficEveryS });
  const settings = predecessor ? { ...withPorts(told, await predecessor.takeOver()), sharesPorts: true } : told;
  const isBucket = settings.storage.type !== "local";
  const { data } = settings;
  if (isBucket) mkdirSync(data, { recursive: true });
  if (isBucket) removeOldCaches(settings);
  const store = await openSharedStore(settings);
  if (!isBucket) await requireFolder(data, store.checkReadable);
  await requireSettled(store.documents);
  const certificates = await openCertificates(options, store, isBucket, log);

  const edgeOf = { domain: settings.domain, readKey: () => readEdgeKey(store.documents) };
  const link = createControlLink({ ...edgeOf, origins: options.controlUrls, log });
  const tellMetrics = () => answerMetrics(startedMs, { edges, certificates, link, named: options.controlUrls.length });
  const passOn = createPassOnTo(() => link.origin()!, maxPassedOn(process.env), log);
  const answerControl: AnswerControl = async (request, address, requestId) => {
    if (new URL(request.url).pathname === METRICS_PATH) return await tellMetrics();
    return options.controlUrls.length > 0
      ? await passOn(request, address, requestId)
      : respondPage("noControlPlane", request.method);
  };
  const runFolder = openRunFolder();
  const edges = await startEdges(settings, runFolder.path, {
    readers: createReaders(store, new RecordReader(store.documents), createManifestReader(store.blobs)),
    checkReadable: store.checkReadable,
    certificates,
    answerControl,
    log,
  }).catch(runFolder.removeAfter);

  link.start((key) => {
    edges.forget(key);
    certificates?.notice(key);
  });
  const traffic = keepTraffic({
    everyS: trafficEveryS,
    take: edges.takeTraffic,
    documents: isBucket ? boundPile(store.documents) : handOverReports({ ...edgeOf, findOrigin: () => link.origin()! }),
    log,
  });
  traffic.start();
  const stopCertificates = certificates?.start(edges.useCertificates);

  const end = async (drainMs: number) => {
    await stopCertificates?.();
    await edges.stop(drainMs);
    await traffic.stop();
    // What is passed on until then goes to a control plane that answers.
    await link.close();
    runFolder.remove();
  };
  return {
    greeting: formatEdgeGreeting({ version, ...placesOf(options, settings, edges) }),
    ports: { httpPort: edges.httpPort, httpsPort: edges.httpsPort },
    controlSocket: null,
    async stop(drainMs) {
      await edges.leave();
      await Bun.sleep(options.leaveSeconds * 1000);
      await end(drainMs);
    },
    // Any number of edges may use a store and a cache at once: there is nothing to let go of.
    succession: {
      letGo: async () => {},
      takeBack: async () => {},
      forget: (key) => edges.forget(key),
      retire: (_, drainMs) => end(drainMs),
    },
  };
}

/** Bun sends so many requests at a time, to control planes and to the bucket. Slow clients of the API must leave room for sites. */
function maxPassedOn(env: NodeJS.ProcessEnv): number {
  const most = Number(env.BUN_CONFIG_MAX_HTTP_REQUESTS) || 256;
  return Math.floor(most * 0.75);
}

/** What has figures to tell. */
interface Told {
  readonly edges: Edges;
  readonly certificates: CertificateKeeping | undefined;
  readonly link: ControlLink;
  /** Control planes that the edge was told of. */
  readonly named: number;
}

async function answerMetrics(startedMs: number, { edges, certificates, link, named }: Told): Promise<Response> {
  const edge = await edges.state();
  const nowMs = Date.now();
  const text = formatEdgeMetrics({
    version,
    runtime: Bun.version,
    edge,
    memoryBytes: process.memoryUsage.rss() + edge.memoryBytes,
    uptimeMs: nowMs - startedMs,
    nowMs,
    certificates: certificates?.state(),
    control: { named, heard: link.heard() },
  });
  return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4", "cache-control": "no-store" } });
}

/** The data folder may be another's: where the edge's processes meet is a folder of its own. */
function openRunFolder() {
  const path = mkdtempSync(join(tmpdir(), "sitepod-edge-"));
  const remove = () => rmSync(path, { recursive: true, force: true });
  return {
    path,
    remove,
    removeAfter(error: unknown): never {
      remove();
      throw error;
    },
  };
}

/** What is not there now may be mounted later, but an edge that finds nothing at its start was told the wrong folder. */
async function requireFolder(data: string, checkReadable: () => Promise<void>): Promise<void> {
  try {
    await checkReadable();
  } catch (cause) {
    throw new SitepodError(
      "unavailable",
      `${data} is no data folder of a server, or cannot be read. Mount that folder, for reading alone, and name it by --data; or ` +
        "name a bucket by SITEPOD_STORAGE_TYPE=s3.",
      { cause },
    );
  }
}

/** Edges that may write order certificates too, one of them at a time; others use those that are there. */
async function openCertificates(
  options: ServeOptions,
  { documents }: Awaited<ReturnType<typeof openSharedStore>>,
  mayWrite: boolean,
  log: Log,
): Promise<CertificateKeeping | undefined> {
  if (!options.https) return undefined;
  return mayWrite
    ? await keepCertificates(options.https, options, documents, log)
    : await followCertificates(options.domain, documents, log);
}

function placesOf(options: ServeOptions, settings: EdgeSettings, { httpPort, httpsPort }: Edges) {
  const [scheme, port] = httpsPort === undefined ? ["http", httpPort] : ["https", httpsPort];
  return {
    sites: `${scheme}://*.${settings.domain}:${port}`,
    store: settings.storage.type === "local" ? settings.data : `bucket ${settings.storage.bucket}`,
    control: options.controlUrls,
  };
}
