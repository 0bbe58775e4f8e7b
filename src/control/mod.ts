import type { Api } from "#wire";
import { createApi } from "./api/app.ts";
import type { Context } from "./context.ts";
import { recheckDomains } from "./domains/recheck-domains.ts";
import { createAccounts } from "./identity/accounts.ts";
import { SYSTEM } from "./identity/actor.ts";
import { reconcile } from "./reconcile.ts";
import { releaseFolder, type ServedFile } from "./release/release-folder.ts";
import { cleanUp } from "./retention/clean-up.ts";
import { collectGarbage } from "./retention/collect-garbage.ts";

/** The control plane: API, accounts, releases. It writes the pointers that the data plane follows. */
export interface Control {
  /** Answers a request of the API; `address` is the client's network address. */
  fetch(request: Request, address: string | null): Promise<Response>;
  /** Brings the database into line with the store. Called once, before the first request. */
  reconcile(): Promise<void>;
  /** Makes the first account, an administrator, unless there is one. */
  ensureAdministrator(email: string, password: string): Promise<void>;
  /** Releases files to prod of the first site there is. Returns its URL, or undefined where there are others already. */
  releaseWelcome(name: string, files: readonly ServedFile[]): Promise<string | undefined>;
  /** Forgets what has expired. Called every hour. */
  cleanUp(): Promise<void>;
  /** Asks DNS again about domains that were verified. Called every hour; each is asked about once a day. */
  recheckDomains(): Promise<void>;
  /** Removes contents that nothing names. Called every day, beside deploys. */
  collectGarbage(): Promise<void>;
  signUpPolicy(): Promise<Api.ServerConfig["sign_up"]>;
}

/** `secret` signs browser sessions; `metrics` gives the Prometheus text of the whole process. */
export function createControl(context: Context, secret: string, metrics: () => string | Promise<string>): Control {
  const accounts = createAccounts(context, secret);
  const fetch = createApi(context, accounts, metrics);
  return {
    fetch,
    reconcile: () => reconcile(context),
    async ensureAdministrator(email, password) {
      if ((await accounts.signUpPolicy()) !== "first") return;
      const { sessionToken } = await accounts.register(email, password);
      await accounts.endSession(sessionToken);
    },
    async releaseWelcome(name, files) {
      const site = await context.db.query.selectFrom("sites").select("name").orderBy("created_at").executeTakeFirst();
      if (!site) return await releaseFolder(context, SYSTEM, name, files);
      return site.name === name ? context.addresses.site(name, "prod") : undefined;
    },
    async cleanUp() {
      await cleanUp(context);
    },
    recheckDomains: () => recheckDomains(context),
    async collectGarbage() {
      await collectGarbage(context);
    },
    signUpPolicy: () => accounts.signUpPolicy(),
  };
}

export { refusalResponse } from "./api/errors.ts";
export { createHealth } from "./health.ts";
export { type Addresses, createAddresses } from "./addresses.ts";
export type { Dns } from "./domains/dns.ts";
export { type Context, DEFAULT_SETTINGS, type Settings } from "./context.ts";
export { type Compress, createEncoder, type Encoder } from "./encoding/encoder.ts";
export { createGate, createKeyedQueue } from "./gate.ts";
export { namedManifests } from "./retention/collect-garbage.ts";
export type { ServedFile } from "./release/release-folder.ts";
