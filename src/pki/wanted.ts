import { isIP } from "node:net";
import { ENVIRONMENTS, type Environment } from "#model";

export type ChallengeType = "http-01" | "dns-01";

/** A certificate that should be there. */
export interface Wanted {
  readonly names: readonly string[];
  readonly challenge: ChallengeType;
}

export interface Routed {
  /** The base domain. */
  readonly domain: string;
  /** The names under it at which the API and the console answer, as far as they lead here. */
  readonly controlNames: readonly string[];
  /** The names of sites under it that lead somewhere: label and environment. */
  readonly sites: readonly { readonly label: string; readonly environment: Environment }[];
  /** Custom domains that are verified, wildcards among them. */
  readonly hostnames: readonly string[];
}

const CONTROL_LABELS = ["app", "console", "api"];

/** Lists the names at which the API and the console answer beside the base domain; none where no certificate of its own is ordered for them. */
export const listControlNames = (domain: string, canWriteDns: boolean): string[] =>
  canWriteDns || !isPublic(domain) ? [] : CONTROL_LABELS.map((label) => `${label}.${domain}`);

/**
 * Lists the certificates for what is routed and verified, and for nothing else: whatever name a stranger asks for, no
 * order follows. Where DNS can be written, one wildcard covers the base domain's sites and previews; otherwise each site
 * has a certificate of its own, and previews have none. A wildcard cannot be had without DNS.
 */
export function listWanted({ domain, controlNames, sites, hostnames }: Routed, canWriteDns: boolean): Wanted[] {
  const byHttp = (name: string): Wanted => ({ names: [name], challenge: "http-01" });
  const custom = hostnames.flatMap((name): Wanted[] => {
    if (!name.startsWith("*.")) return [byHttp(name)];
    return canWriteDns ? [{ names: [name], challenge: "dns-01" }] : [];
  });
  if (!isPublic(domain)) return custom;
  if (canWriteDns) return [{ names: [domain, `*.${domain}`], challenge: "dns-01" }, ...custom];
  const own = sites.map(({ label, environment }) => label + (environment === ENVIRONMENTS[0] ? "" : `-${environment}`));
  return [...[domain, ...controlNames, ...own.map((label) => `${label}.${domain}`)].map(byHttp), ...custom];
}

/** Nobody certifies `localhost` or an address. */
const isPublic = (domain: string): boolean =>
  domain.includes(".") && !domain.endsWith(".localhost") && isIP(domain) === 0;
