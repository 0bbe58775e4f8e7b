import type { Api } from "#wire";
import { createErrorAnswers } from "./api/errors.ts";
import type { Context } from "./context.ts";
import { settleAll } from "./change-store.ts";
import { recheckDomains } from "./domains/recheck-domains.ts";
import { verifyWaiting } from "./domains/verify-waiting.ts";
import { SYSTEM } from "./identity/actor.ts";
import { createSignIn } from "./identity/sign-in.ts";
import { reconcile } from "./reconcile.ts";
import { isLive } from "./release/is-live.ts";
import { releaseFolder, type ServedFile } from "./release/release-folder.ts";
import { cleanUp } from "./retention/clean-up.ts";
import { collectGarbage } from "./retention/collect-garbage.ts";
import { runDue, type Scheduled } from "./schedule.ts";
import { collectTraffic } from "./traffic/collect-traffic.ts";
import { COLLECTING_TRAFFIC } from "./traffic/freshen.ts";
import { answerWatched, createWatched } from "./watched.ts";
import { createDeliverer } from "./webhooks/deliverer.ts";
import { createSeal } from "./webhooks/seal.ts";

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

/** The control plane: API, accounts, releases. It writes the pointers that the data plane follows. */
export interface Control {
  /** Answers a request of the API; `address` is the client's network address, and `requestId` what the log names it by. */
  fetch(request: Request, address: string | null, requestId?: string): Promise<Response>;
  /** Throws where the database cannot be used now. */
  check(): Promise<void>;
  /** Brings the database into line with the store. Called once, before the first request. */
  reconcile(): Promise<void>;
  /** Makes the first account, an administrator, unless there is one. */
  ensureAdministrator(email: string, password: string): Promise<void>;
  /** Releases files to prod of the first site there is. Returns its URL, or undefined where there are others already. */
  releaseWelcome(name: string, files: readonly ServedFile[]): Promise<string | undefined>;
  /** Forgets what has expired. */
  cleanUp(): Promise<void>;
  /** Asks DNS again about domains that were verified; about each once a day. */
  recheckDomains(): Promise<void>;
  /** Asks DNS about domains that wait to be verified. */
  verifyWaiting(): Promise<void>;
  /** Does these, and collects garbage, where one is due and no other control plane is at it. Called every few seconds. */
  runDue(): Promise<void>;
  /** Sends what is due to webhooks. Called every few seconds, and as soon as the sender is woken. */
  deliverWebhooks(): Promise<void>;
  /** Sends nothing more to webhooks. */
  stopWebhooks(): Promise<void>;
  signUpPolicy(): Promise<Api.ServerConfig["sign_up"]>;
}

/** `secret` signs browser sessions, and seals what webhooks keep; `metrics` gives the Prometheus text of the whole process. */
export function createControl(context: Context, secret: string, metrics: () => string | Promise<string>): Control {
  const signIn = createSignIn(context, secret);
  const { accounts } = signIn;
  const seal = createSeal(secret, context.randomBytes);
  const deliverer = createDeliverer(context, seal);
  const watched = createWatched(context, metrics);
  // A server that is only watched does without the schemas and routes of the API: they take 8 MB.
  let loaded: Promise<Control["fetch"]> | undefined;
  const load = async () => (await import("./api/app.ts")).createApi(context, signIn, seal, watched);
  const beside = { activity: context.activity, answerError: createErrorAnswers(context.log, context.nowMs) };
  const fetch: Control["fetch"] = async (request, address, requestId) =>
    (await answerWatched(watched, beside, request, requestId)) ??
    (await (
      await (loaded ??= load())
    )(request, address, requestId));
  const clean = async () => void (await cleanUp(context));
  const recheck = () => recheckDomains(context);
  const verify = () => verifyWaiting(context);
  const { collectEveryMs } = context.settings;
  const collect = async () => void (await collectGarbage(context));
  const scheduled: readonly Scheduled[] = [
    { name: "clean-up", everyMs: HOUR_MS, firstAfterMs: HOUR_MS, work: clean },
    { name: "verification of waiting domains", everyMs: MINUTE_MS, firstAfterMs: MINUTE_MS, work: verify },
    { name: "settling of changes", everyMs: MINUTE_MS, firstAfterMs: MINUTE_MS, work: () => settleAll(context) },
    { name: COLLECTING_TRAFFIC, everyMs: MINUTE_MS, firstAfterMs: MINUTE_MS, work: () => collectTraffic(context) },
    { name: "verification of domains", everyMs: HOUR_MS, firstAfterMs: HOUR_MS, work: recheck },
    ...(collectEveryMs === undefined
      ? []
      : [{ name: "garbage collection", everyMs: collectEveryMs, firstAfterMs: HOUR_MS, work: collect }]),
  ];
  return {
    fetch,
    check: () => context.db.check(),
    reconcile: () => reconcile(context),
    ensureAdministrator: (email, password) => accounts.ensureFirst(email, password),
    releaseWelcome: (name, files) =>
      context.inTurn("welcome", async () => {
        const site = await context.db.query
          .selectFrom("sites")
          .select(["name", isLive.as("is_live")])
          .orderBy("created_at")
          .executeTakeFirst();
        if (!site) return await releaseFolder(context, SYSTEM, name, files);
        return site.name === name && site.is_live ? context.addresses.site(name, "prod") : undefined;
      }),
    cleanUp: clean,
    recheckDomains: recheck,
    verifyWaiting: verify,
    runDue: () => runDue(context, scheduled),
    deliverWebhooks: deliverer.deliverDue,
    stopWebhooks: deliverer.stop,
    signUpPolicy: () => accounts.signUpPolicy(),
  };
}

export { refusalResponse } from "./api/errors.ts";
export { metricsResponse } from "./metrics-response.ts";
export { createHealth } from "./health.ts";
export {
  type Activity,
  type ActivityFigures,
  createActivity,
  DURATION_BOUNDS_S,
  type RouteFigures,
} from "./activity.ts";
export { STORE_CHANGES } from "./store-changes.ts";
export { type Addresses, createAddresses } from "./addresses.ts";
export type { Dns } from "./domains/dns.ts";
export { type Context, type Disk, DEFAULT_SETTINGS, type Settings } from "./context.ts";
export { type Compress, createEncoder, type Encoder } from "./encoding/encoder.ts";
export { resumeEncoding } from "./encoding/resume-encoding.ts";
export { createGate, createTurns, type Turns } from "./gate.ts";
export type { OidcSettings } from "./identity/oidc-settings.ts";
export { composeMail, type Mail, type SendMail } from "./mail.ts";
export { createLive, type Live } from "./live/live.ts";
export type { ServedFile } from "./release/release-folder.ts";
export type { WebhookAnswer, WebhookPost, WebhookSender } from "./webhooks/sender.ts";
