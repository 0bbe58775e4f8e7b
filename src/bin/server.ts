import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Activity,
  type Context,
  type Control,
  createActivity,
  createAddresses,
  createEncoder,
  createTurns,
  DEFAULT_SETTINGS,
  type Encoder,
  namedManifests,
  type Settings,
} from "#control";
import { assertHeld, type Database, lockFolder } from "#db";
import { createManifestReader, createReaders, hashBytes, Records, type Store } from "#store";
import { asset, listAssets } from "./assets.ts";
import { type ChangeFeed, createChangeFeed } from "./change-feed.ts";
import { createCompressor } from "./compressor.ts";
import { consoleResponse } from "./console-pages.ts";
import { createDns } from "./dns.ts";
import { ensureEdgeKey } from "./edge-key.ts";
import { edgeSettingsOf } from "./edge-settings.ts";
import type { Edges } from "./edges.ts";
import { formatGreeting, type Started } from "./greeting.ts";
import { refuseHalfRestored } from "./half-restored.ts";
import { keepSettled } from "./keep-settled.ts";
import { formatMetrics } from "./metrics.ts";
import { guardStore } from "./guard-store.ts";
import { type CertificateKeeping, keepCertificates } from "./keep-certificates.ts";
import { keepControl } from "./keep-control.ts";
import type { AnswerControl } from "./listeners.ts";
import type { Log } from "./log.ts";
import { isAvailable, openControl, type Unavailable } from "./open-control.ts";
import { openStore, removeOldCaches } from "./open-store.ts";
import { joinOtherServers, type OtherServers } from "./other-servers.ts";
import { createScheduledBackups, type ScheduledBackups } from "./scheduled-backups.ts";
import type { RunningServer } from "./running-server.ts";
import type { ServeOptions } from "./serve-options.ts";
import { startEdges } from "./start-edges.ts";
import { traceStore } from "./trace-store.ts";
import { version } from "./version.ts";

const HOUR_MS = 60 * 60 * 1000;
/** Another server that has died in the middle of something is followed this soon. */
const LOOK_FOR_DUE_MS = 15 * 1000;
const WELCOME_SITE = "welcome";

/** Opens the data folder, wires the planes and listens. Throws SitepodError where it cannot start. */
export async function startServer(options: ServeOptions, log: Log): Promise<RunningServer> {
  const settings = edgeSettingsOf(options);
  const { data } = settings;
  mkdirSync(data, { recursive: true });
  const lock = lockFolder(data);
  refuseHalfRestored(data);
  const dns = createDns(options.dnsServer);
  removeOldCaches(settings);
  const opened = await openStore(data, settings.storage, { workers: settings.workers, isProbedAtOnce: true });
  const store = traceStore(guardStore(opened, assertHeld));
  const records = new Records(store);
  const readManifest = createManifestReader(store.blobs);
  const startedMs = Date.now();

  const others = joinOtherServers(options.databaseUrl);
  const turns = createTurns(others?.locks);
  const compressor = createCompressor();
  const encoder = createEncoder({ store, readManifest, ...turns, log, compress: compressor.compress });
  // The address of the console follows from the port, and the port is known once somebody listens.
  let answerControl: AnswerControl = async () => new Response(null, { status: 503 });
  let checkControl = (): Promise<void> => Promise.reject(new Error("It is being opened"));
  const feed = createChangeFeed(() => ensureEdgeKey(store.documents, () => randomBytes(32).toString("hex")));
  const certificates =
    options.https && (await keepCertificates(options.https, options.domain, store.documents, options.dnsServer, log));
  const edges = await startEdges(settings, join(data, "run"), {
    readers: createReaders(store, records, readManifest),
    checkReadable: () => store.checkReadable(),
    ...(options.role === "control" ? { checkControl: () => checkControl() } : {}),
    certificates,
    answerControl: (request, address, requestId) => answerControl(request, address, requestId),
    log,
  });
  tellChanges(store.documents, others, { edges, feed, certificates });
  const publicUrl = options.publicUrl ?? localUrl(options.domain, edges);
  const addresses = createAddresses(publicUrl);
  const makeContext = (db: Database): Context => ({
    db,
    store,
    records,
    readManifest,
    addresses,
    settings: settingsOf(options),
    dns,
    hash: hashBytes,
    nowMs: Date.now,
    randomBytes,
    log,
    ...turns,
    encoder,
    activity,
  });
  const activity = createActivity();
  const backups = options.backups && createScheduledBackups(data, options.backups, log);
  const tellMetrics = () => readMetrics(startedMs, { edges, activity, backups, certificates });
  const { databaseUrl, rebuildDatabase } = options;
  let welcome: string | undefined;
  const open = async (logOpening: Log) => {
    const hasSites = await isAny(store.documents.list("sites/"));
    const place = { data, databaseUrl, store, rebuildDatabase };
    const opened = await openControl(place, makeContext, tellMetrics, logOpening, hasSites);
    if (isAvailable(opened.control)) welcome = await prepare(opened.control, options);
    return opened;
  };
  const { control, close } = await keepControl(open, databaseUrl !== undefined, log);
  checkControl = () => control().check();
  answerControl = async (request, address, requestId) =>
    new URL(request.url).pathname.startsWith("/api/")
      ? await control().fetch(request, address, requestId)
      : await (feed.answer(request) ?? consoleResponse(request));

  const stopCertificates = certificates?.start(edges.useCertificates);
  void encodeAll(encoder, records, log);
  const stopMaintenance = maintain(control, log);
  if (isAvailable(control())) backups?.start();
  const stopSettling = keepSettled(store, log);
  return {
    greeting: formatGreeting(
      { version, console: addresses.console, example: welcome, data, state: await findState(control()) },
      process.cwd(),
    ),
    async stop(drainMs) {
      await edges.leave();
      await Bun.sleep(options.leaveSeconds * 1000);
      feed.close();
      stopMaintenance();
      await backups?.stop();
      stopSettling();
      compressor.stop();
      await stopCertificates?.();
      await edges.stop(drainMs);
      await close();
      await others?.[Symbol.asyncDispose]();
      lock[Symbol.dispose]();
    },
  };
}

/** Has edges follow each change of a document, of this server's own and of the others'; and certificates, the others'. */
function tellChanges(
  documents: Store["documents"],
  others: OtherServers | undefined,
  { edges, feed, certificates }: { edges: Edges; feed: ChangeFeed; certificates: CertificateKeeping | undefined },
): void {
  const tell = (key: string) => {
    edges.forget(key);
    feed.publish(key);
  };
  documents.subscribe(tell);
  others?.follow(documents, (key) => {
    tell(key);
    certificates?.notice(key);
  });
}

/** What has figures to tell. */
interface Told {
  readonly edges: Edges;
  readonly activity: Activity;
  readonly backups: ScheduledBackups | undefined;
  readonly certificates: CertificateKeeping | undefined;
}

async function readMetrics(startedMs: number, { edges, activity, backups, certificates }: Told): Promise<string> {
  const edge = await edges.state();
  const nowMs = Date.now();
  return formatMetrics({
    version,
    runtime: Bun.version,
    edge,
    memoryBytes: process.memoryUsage.rss() + edge.memoryBytes,
    uptimeMs: nowMs - startedMs,
    nowMs,
    activity: activity.figures(),
    backups: backups?.state(),
    certificates: certificates?.state(),
  });
}

/** Does what the options ask for at the first start. Returns the URL of the example, where it was or is released. */
async function prepare(control: Control, options: ServeOptions): Promise<string | undefined> {
  if (options.adminEmail && options.adminPassword) {
    await control.ensureAdministrator(options.adminEmail, options.adminPassword);
  }
  if (!options.welcome) return undefined;
  const files = await Promise.all(
    listAssets("welcome/").map(async (path) => ({
      path: path.slice("welcome/".length),
      bytes: new Uint8Array(await asset(path)!.arrayBuffer()),
    })),
  );
  return await control.releaseWelcome(WELCOME_SITE, files);
}

/** Takes up the compressing that an earlier run has not come to. */
async function encodeAll(encoder: Encoder, records: Records, log: Log): Promise<void> {
  try {
    await encoder.resume(namedManifests({ records }));
  } catch (error) {
    log("What is not compressed yet could not be listed: it is sent as it is", error);
  }
}

/** Has done what is due: tidying up, verifying domains again, collecting garbage. Returns how to end it. */
function maintain(findControl: () => Control | Unavailable, log: Log): () => void {
  const timer = setInterval(() => {
    const control = findControl();
    if (!isAvailable(control)) return;
    void control.runDue().catch((error: unknown) => log("What is due could not be done; it is tried again", error));
  }, LOOK_FOR_DUE_MS);
  return () => clearInterval(timer);
}

async function findState(control: Control | Unavailable): Promise<Started["state"]> {
  if (!isAvailable(control)) return "no-database";
  return (await control.signUpPolicy()) === "first" ? "first-account" : "ready";
}

async function isAny(items: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _ of items) return true;
  return false;
}

/** How the base domain is reached where nothing stands before this server. */
function localUrl(domain: string, { httpPort, httpsPort }: Edges): URL {
  return new URL(httpsPort === undefined ? `http://${domain}:${httpPort}` : `https://${domain}:${httpsPort}`);
}

const settingsOf = (options: ServeOptions): Settings => ({
  ...DEFAULT_SETTINGS,
  version,
  signUpIsOpen: options.openSignUp,
  adminToken: options.adminToken,
  maxFilesPerDeploy: options.maxFilesPerDeploy,
  maxFileBytes: options.maxFileBytes,
  maxDeployBytes: options.maxDeployBytes,
  maxSitesPerUser: options.maxProjectsPerUser,
  publicAddresses: options.publicAddresses,
  survivalMs: options.assetSurvivalHours * HOUR_MS,
  ...options.keeping,
  mayProxy: options.allowProxying,
});
