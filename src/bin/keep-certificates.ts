import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { ENVIRONMENTS, type Environment, SitepodError } from "#model";
import {
  type Certificate,
  type Challenges,
  createChallenges,
  createKeeper,
  ensureSelfSigned,
  listControlNames,
  listWanted,
  type Routed,
  Secret,
} from "#pki";
import type { Documents } from "#store";
import { createControlNames } from "./control-names.ts";
import { createDns } from "./dns.ts";
import type { HttpsOptions } from "./https-options.ts";
import { createOrderer } from "./orderer.ts";
import type { ServeOptions } from "./serve-options.ts";

/** What metrics tell of certificates, the self-signed one left out. */
export interface CertificateState {
  readonly count: number;
  /** When the first of them expires: milliseconds since the epoch; undefined where there is none. */
  readonly firstEndMs: number | undefined;
}

export interface CertificateKeeping {
  readonly challenges: Pick<Challenges, "find">;
  /** For names that have no certificate. */
  readonly selfSigned: Certificate;
  /** Those that were stored at the start. */
  readonly stored: readonly Certificate[];
  state(): CertificateState;
  /** All that are in use, the self-signed one left out. */
  list(): readonly Certificate[];
  /** When the certificate for a name ends: milliseconds since the epoch; undefined where there is none. */
  endOf(hostname: string): number | undefined;
  /** To be told of each document that another server has changed. */
  notice(key: string): void;
  /** Orders what is missing from now on, and hands over all certificates whenever some have changed. Returns its end. */
  start(use: (certificates: readonly Certificate[]) => void): () => Promise<void>;
}

const LOOK_EVERY_MS = 60 * 1000;
/** Several domains are often added at once. */
const LOOK_SOON_MS = 500;

/** Gets certificates for what this server routes, and keeps them fresh. */
export async function keepCertificates(
  options: HttpsOptions,
  { domain, dnsServer, publicAddresses }: Pick<ServeOptions, "domain" | "dnsServer" | "publicAddresses">,
  documents: Documents,
  log: (message: string, cause?: unknown) => void,
): Promise<CertificateKeeping> {
  const challenges = createChallenges(documents);
  const { dns, email } = options;
  const orderer = createOrderer({ dns, dnsServer, email, roots: readRoots(options.roots) }, documents);
  const controlNames = createControlNames({
    names: listControlNames(domain, dns !== undefined),
    domain,
    publicAddresses,
    dns: createDns(dnsServer),
    isCertified: (name) => endOf(current, name) !== undefined,
    onChange: () => lookSoon(),
    nowMs: Date.now,
  });
  let current: readonly Certificate[] = [];
  let use: (certificates: readonly Certificate[]) => void = () => {};
  const keeper = createKeeper({
    documents,
    authorities: options.authorities.map(({ directory, bindingId, bindingKey }) => ({
      directory,
      binding: bindingId && bindingKey ? { id: bindingId, key: new Secret(bindingKey) } : undefined,
    })),
    issue: orderer.issue,
    listWanted: async () => {
      const routed = { ...(await listRouted(documents, domain)), controlNames: controlNames.leading() };
      return listWanted(routed, dns !== undefined);
    },
    onChange(certificates) {
      current = certificates;
      use(certificates);
    },
    owner: randomUUID(),
    nowMs: Date.now,
    random: Math.random,
    log,
  });
  const stored = await keeper.load();
  current = stored;
  let look = () => {};
  let soon: Timer | undefined;
  const lookSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => look(), LOOK_SOON_MS);
  };
  return {
    challenges,
    selfSigned: await ensureSelfSigned(documents, [domain], Date.now(), orderer.selfSign),
    stored,
    state: () => stateOf(current),
    list: () => current,
    endOf: (hostname) => endOf(current, hostname),
    notice(key) {
      if (/^(hosts|refs|certs\/issued)\//.test(key)) lookSoon();
    },
    start(onChange) {
      use = onChange;
      look = () => {
        controlNames.look();
        void keeper.run().catch((error: unknown) => log("Looking after certificates failed", error));
      };
      const timer = setInterval(look, LOOK_EVERY_MS);
      const unsubscribe = documents.subscribe((key) => {
        if (key.startsWith("hosts/") || key.startsWith("refs/")) lookSoon();
      });
      look();
      return async () => {
        unsubscribe();
        look = () => {};
        clearTimeout(soon);
        clearInterval(timer);
        const stopped = keeper.stop();
        orderer.stop();
        await stopped;
      };
    },
  };
}

export const stateOf = (certificates: readonly Certificate[]): CertificateState => ({
  count: certificates.length,
  firstEndMs: certificates.length === 0 ? undefined : Math.min(...certificates.map(({ notAfterMs }) => notAfterMs)),
});

/** When the last of the certificates ends that hold for a name, by itself or by a wildcard. */
export function endOf(certificates: readonly Certificate[], hostname: string): number | undefined {
  const wildcard = `*${hostname.slice(hostname.indexOf("."))}`;
  const ends = certificates
    .filter(({ names }) => names.includes(hostname) || names.includes(wildcard))
    .map(({ notAfterMs }) => notAfterMs);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Reads what is routed off the names of the store's documents: nothing else may have a certificate. */
async function listRouted(documents: Documents, domain: string): Promise<Omit<Routed, "controlNames">> {
  const sites: { label: string; environment: Environment }[] = [];
  for await (const key of documents.list("refs/")) {
    const [, label = "", name = ""] = key.split("/");
    const environment = ENVIRONMENTS.find((known) => name === `${known}.json`);
    if (environment) sites.push({ label, environment });
  }
  const hostnames: string[] = [];
  for await (const key of documents.list("hosts/")) {
    hostnames.push(key.slice("hosts/".length, -".json".length).replace(/^_/, "*"));
  }
  return { domain, sites, hostnames };
}

function readRoots(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, "utf8");
  } catch (cause) {
    throw new SitepodError("invalid", `--acme-roots ${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
