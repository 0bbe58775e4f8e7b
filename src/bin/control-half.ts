import { randomBytes, randomUUID } from "node:crypto";
import {
  type Activity,
  type Context,
  type Control,
  createActivity,
  createAddresses,
  createEncoder,
  createLive,
  createTurns,
  STORE_CHANGES,
  DEFAULT_SETTINGS,
  resumeEncoding,
  type Settings,
} from "#control";
import type { Database } from "#db";
import { hashBytes, type ReadManifest, type Records, type Store } from "#store";
import { asset, listAssets } from "./assets.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { createCompressor } from "./compressor.ts";
import { createConsolePages } from "./console-pages.ts";
import { watchDisk, type WatchedDisk } from "./disk.ts";
import { createDns } from "./dns.ts";
import type { EdgeSettings } from "./edge-settings.ts";
import type { Edges } from "./edges.ts";
import { formatGreeting, type Started } from "./greeting.ts";
import type { CertificateKeeping } from "./keep-certificates.ts";
import { keepControl } from "./keep-control.ts";
import { deliverWebhooks, maintain } from "./maintain.ts";
import { keepSettled } from "./keep-settled.ts";
import type { AnswerControl } from "./listeners.ts";
import type { Log } from "./log.ts";
import { formatMetrics } from "./metrics.ts";
import { isAvailable, openControl, type Unavailable } from "./open-control.ts";
import { joinOtherServers } from "./other-servers.ts";
import { createScheduledBackups, type ScheduledBackups } from "./scheduled-backups.ts";
import type { ServeOptions } from "./serve-options.ts";
import { type MovableContents, startStorageMover } from "./storage-mover.ts";
import { typedCommand } from "./own-command.ts";
import { version } from "./version.ts";
import { openWebhookSender } from "./webhook-sender.ts";

/** What of a server only one process may have at a time: the control plane, its housekeeping, the orders of certificates. */
export interface ControlHalf {
  readonly greeting: string;
  /** Why there is no control plane; undefined where there is one. */
  readonly unavailable: Unavailable["reason"] | undefined;
  readonly answer: AnswerControl;
  /** Throws where the control plane cannot be used now. */
  check(): Promise<void>;
  /** Stops all that it does by itself. Requests are answered until it is closed. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

/** What it shares with the other half, which serves sites. */
export interface HalfParts {
  readonly store: Store;
  readonly contents: MovableContents;
  readonly records: Records;
  readonly readManifest: ReadManifest;
  readonly edges: Edges;
  readonly feed: ChangeFeed;
  readonly certificates: CertificateKeeping | undefined;
  readonly startedMs: number;
  readonly log: Log;
}

const HOUR_MS = 60 * 60 * 1000;
const WELCOME_SITE = "welcome";

/** Opens it, and begins what it does by itself. */
export async function openControlHalf(
  options: ServeOptions,
  { data }: EdgeSettings,
  parts: HalfParts,
): Promise<ControlHalf> {
  const { store, contents, records, readManifest, edges, feed, certificates, startedMs, log } = parts;
  const others = joinOtherServers(options.databaseUrl);
  const turns = createTurns(others?.locks);
  const keepsContents = () => contents.storage.type === "local";
  const disk = watchDisk({ folder: data, reserve: options.diskReserve, keepsContents, log });
  const compressor = createCompressor();
  const encoder = createEncoder({ store, readManifest, ...turns, log, compress: compressor.compress });
  const live = createLive(randomUUID(), others?.tell);
  others?.follow(store.documents, (key) => {
    if (live.hear(key)) return;
    edges.forget(key);
    feed.publish(key);
    certificates?.notice(key);
  });
  const addresses = createAddresses(options.publicUrl ?? localUrl(options.domain, edges));
  const makeContext = (db: Database): Context => ({
    db,
    store,
    records,
    readManifest,
    addresses,
    settings: settingsOf(options),
    dns: createDns(options.dnsServer),
    hash: hashBytes,
    nowMs: Date.now,
    randomBytes,
    log,
    ...turns,
    encoder,
    disk,
    activity,
    sendMail,
    live,
    webhookSender: openWebhookSender(options, () => deliverWebhooks(control(), log)),
    certificateEndMs: (hostname) => certificates?.endOf(hostname),
    readMachine: () => readMachine({ disk, backups, certificates }),
    storeChanges: STORE_CHANGES,
  });
  const activity = createActivity();
  const sendMail = options.mail && (await import("./mailer.ts")).createMailer(options.mail);
  const isShared = options.databaseUrl !== undefined || options.role === "control";
  const stopMover = await startStorageMover({ data, contents, isShared, tellEdges: edges.useStorage, log });
  const backups =
    options.backups &&
    createScheduledBackups(
      data,
      options.backups,
      () => contents.storage,
      (work) => turns.unlessUnderWay("backup", work),
      log,
    );
  const tellMetrics = () => readMetrics(startedMs, { edges, activity, disk, backups, certificates });
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
  const stopCertificates = certificates?.start(edges.useCertificates);
  void resumeEncoding(encoder, records, log);
  const stopMaintenance = maintain(control, disk, log);
  if (isAvailable(control())) backups?.start();
  const stopSettling = keepSettled(store, log);
  const consolePages = createConsolePages(addresses.console);
  const opened = control();
  return {
    greeting: await greet({ console: addresses.console, example: welcome, data }, opened),
    unavailable: isAvailable(opened) ? undefined : opened.reason,
    answer: async (request, address, requestId) =>
      new URL(request.url).pathname.startsWith("/api/")
        ? await control().fetch(request, address, requestId)
        : await (feed.answer(request) ?? consolePages(request)),
    check: () => control().check(),
    async rest() {
      live.close();
      await stopMover();
      await stopMaintenance();
      await backups?.stop();
      stopSettling();
      compressor.stop();
      await stopCertificates?.();
    },
    async close() {
      await close();
      await others?.[Symbol.asyncDispose]();
    },
  };
}

/** What has figures to tell. */
interface Told {
  readonly edges: Edges;
  readonly activity: Activity;
  readonly disk: Pick<WatchedDisk, "state">;
  readonly backups: ScheduledBackups | undefined;
  readonly certificates: CertificateKeeping | undefined;
}

const readMachine = async ({ disk, backups, certificates }: Pick<Told, "disk" | "backups" | "certificates">) => ({
  disk: await disk.state(),
  backups: backups?.state(),
  certificates: certificates?.list(),
});

async function readMetrics(startedMs: number, told: Told): Promise<string> {
  const { edges, activity, backups, certificates } = told;
  const [edge, disk] = await Promise.all([edges.state(), told.disk.state()]);
  const nowMs = Date.now();
  return formatMetrics({
    version,
    runtime: Bun.version,
    edge,
    memoryBytes: process.memoryUsage.rss() + edge.memoryBytes,
    uptimeMs: nowMs - startedMs,
    nowMs,
    activity: activity.figures(),
    disk,
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

const greet = async (places: Pick<Started, "console" | "example" | "data">, control: Control | Unavailable) =>
  formatGreeting({ version, ...places, state: await findState(control) }, process.cwd(), typedCommand());

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
  maxStoredBytes: options.maxStoredBytes,
  maxRequestsPerMinute: options.maxRequestsPerMinute,
  maxServerStoredBytes: options.maxServerStoredBytes,
  maxServerSites: options.maxServerSites,
  publicAddresses: options.publicAddresses,
  survivalMs: options.assetSurvivalHours * HOUR_MS,
  ...options.keeping,
  mayProxy: options.allowProxying,
  oidc: options.oidc,
});
