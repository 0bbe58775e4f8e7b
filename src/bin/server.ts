import { mkdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import {
  type Context,
  type Control,
  createAddresses,
  createEncoder,
  createGate,
  createKeyedQueue,
  DEFAULT_SETTINGS,
  type Encoder,
  namedManifests,
  type Settings,
} from "#control";
import { type Database, lockFolder } from "#db";
import { createEdge, createProxy } from "#serve";
import { createManifestReader, createReaders, hashBytes, Records } from "#store";
import { asset, listAssets } from "./assets.ts";
import { createClients } from "./clients.ts";
import { createCoarseClock } from "./coarse-clock.ts";
import { createCompressor } from "./compressor.ts";
import { consoleResponse } from "./console-pages.ts";
import { createDns } from "./dns.ts";
import { formatGreeting, type Started } from "./greeting.ts";
import { refuseHalfRestored } from "./half-restored.ts";
import { formatMetrics } from "./metrics.ts";
import { keepCertificates } from "./keep-certificates.ts";
import { type Listeners, listen } from "./listeners.ts";
import { isAvailable, openControl, type Unavailable } from "./open-control.ts";
import { openStore } from "./open-store.ts";
import { createForeignCheck } from "./own-addresses.ts";
import { createScheduledBackups } from "./scheduled-backups.ts";
import type { ServeOptions } from "./serve-options.ts";
import { version } from "./version.ts";

export interface RunningServer {
  /** What to tell the person who started it. */
  readonly greeting: string;
  stop(drainMs: number): Promise<void>;
}

type Log = Context["log"];

const HOUR_MS = 60 * 60 * 1000;
const WELCOME_SITE = "welcome";

/** Opens the data folder, wires the planes and listens. Throws SitepodError where it cannot start. */
export async function startServer(options: ServeOptions, log: Log): Promise<RunningServer> {
  const data = resolve(options.data);
  mkdirSync(data, { recursive: true });
  const lock = lockFolder(data);
  refuseHalfRestored(data);
  const dns = createDns(options.dnsServer);
  const store = await openStore(data, options.storage);
  const records = new Records(store);
  const readManifest = createManifestReader(store.blobs);
  const startedMs = Date.now();

  const visitors = {
    addressOf: (request: Request) => clients.address(request),
    isHttps: (request: Request) => options.publicUrl?.protocol === "https:" || request.url.startsWith("https:"),
  };
  const edge = createEdge({
    readers: createReaders(store, records, readManifest),
    domain: options.domain,
    nowMs: createCoarseClock(),
    log,
    isHttpsOnly: options.https !== undefined,
    access: { ...visitors, verifyPassword: (password, hash) => Bun.password.verify(password, hash) },
    rules: {
      countryHeader: options.countryHeader,
      proxy: options.allowProxying
        ? createProxy({ ...visitors, isAllowedAddress: createForeignCheck(options.publicAddresses) })
        : undefined,
    },
  });
  store.documents.subscribe((key) => edge.forget(key));

  const compressor = createCompressor();
  const contentGate = createGate();
  const encoder = createEncoder({ store, readManifest, contentGate, log, compress: compressor.compress });
  // The address of the console follows from the port, and the port is known once somebody listens.
  let answerControl = async (_request: Request, _address: string | null) => new Response(null, { status: 503 });
  const clients = createClients((request) => listeners.peerOf(request), options.proxies);
  const certificates =
    options.https && (await keepCertificates(options.https, options.domain, store.documents, options.dnsServer, log));
  const listeners = listen(options, certificates, {
    edge,
    clients,
    answerControl: (request, address) => answerControl(request, address),
    log,
  });
  const publicUrl = options.publicUrl ?? localUrl(options.domain, listeners);
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
    contentGate,
    inTurn: createKeyedQueue(),
    encoder,
  });
  const backups = options.backups && createScheduledBackups(data, options.backups, log);
  const opened = await openControl(
    { data, store, rebuildDatabase: options.rebuildDatabase },
    makeContext,
    () => formatMetrics(version, edge.stats(), process.memoryUsage.rss(), Date.now() - startedMs, backups?.state()),
    log,
    await isAny(store.documents.list("sites/")),
  );
  const { control } = opened;
  answerControl = async (request, address) =>
    new URL(request.url).pathname.startsWith("/api/")
      ? await control.fetch(request, address)
      : consoleResponse(request);

  const stopCertificates = certificates?.start((all) => listeners.tls?.use(all));
  const welcome = isAvailable(control) ? await prepare(control, options) : undefined;
  void encodeAll(encoder, records, log);
  const stopMaintenance = isAvailable(control) ? maintain(control, log) : () => {};
  if (isAvailable(control)) backups?.start();
  return {
    greeting: formatGreeting(
      { version, console: addresses.console, example: welcome, data, state: await findState(control) },
      process.cwd(),
    ),
    async stop(drainMs) {
      stopMaintenance();
      await backups?.stop();
      compressor.stop();
      await stopCertificates?.();
      await listeners.stop(drainMs);
      await opened.close();
      lock[Symbol.dispose]();
    },
  };
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

/** Tidies up every hour, and collects garbage in the first of each 24 in which it can. Returns how to end it. */
function maintain(control: Control, log: Log): () => void {
  let hours = 0;
  let isGarbageDue = false;
  const attempt = (what: string, work: Promise<void>) => work.catch((error: unknown) => log(`${what} failed`, error));
  const timer = setInterval(() => {
    void attempt("Cleaning up", control.cleanUp());
    void attempt("Verifying domains again", control.recheckDomains());
    if (hours++ % 24 === 0) isGarbageDue = true;
    if (isGarbageDue) {
      void attempt(
        "Collecting garbage",
        control.collectGarbage().then(() => void (isGarbageDue = false)),
      );
    }
  }, HOUR_MS);
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
function localUrl(domain: string, { httpPort, tls }: Listeners): URL {
  return new URL(tls ? `https://${domain}:${tls.port}` : `http://${domain}:${httpPort}`);
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
  mayProxy: options.allowProxying,
});
