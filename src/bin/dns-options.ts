import { isIPv6 } from "node:net";
import { type DnsAccess, TSIG_ALGORITHMS } from "#pki";
import type { Option } from "./option.ts";

/** The options of `sitepod serve` about writing DNS: part of the table of all. */
export const DNS_OPTIONS = {
  dnsProvider: {
    flag: "dns-provider",
    env: "SITEPOD_DNS_PROVIDER",
    kind: "text",
    doc: "Writes TXT records by cloudflare, route53 or rfc2136: one wildcard certificate covers all sites and previews",
  },
  dnsHook: {
    flag: "dns-hook",
    env: "SITEPOD_DNS_HOOK",
    kind: "text",
    doc: "The same by an executable of your own",
  },
  cloudflareToken: {
    env: "SITEPOD_CLOUDFLARE_API_TOKEN",
    kind: "secret",
    doc: "Cloudflare: a token with Zone Read and DNS Edit",
  },
  route53KeyId: {
    env: "SITEPOD_ROUTE53_ACCESS_KEY_ID",
    kind: "text",
    doc: "Route 53: the access key, where it is not that of AWS_ACCESS_KEY_ID or of the machine's role",
  },
  route53Secret: {
    env: "SITEPOD_ROUTE53_SECRET_ACCESS_KEY",
    kind: "secret",
    doc: "Route 53: the secret key to it",
  },
  rfc2136Server: {
    env: "SITEPOD_RFC2136_SERVER",
    kind: "text",
    doc: "RFC 2136: the zone's primary name server, such as ns1.example.com, 192.0.2.1:5353 or [2001:db8::1]:53",
  },
  rfc2136KeyName: { env: "SITEPOD_RFC2136_KEY_NAME", kind: "text", doc: "RFC 2136: the name of the TSIG key" },
  rfc2136KeyAlgorithm: {
    env: "SITEPOD_RFC2136_KEY_ALGORITHM",
    kind: "text",
    fallback: "hmac-sha256",
    doc: "RFC 2136: hmac-sha256 or hmac-sha512",
  },
  rfc2136KeySecret: { env: "SITEPOD_RFC2136_KEY_SECRET", kind: "secret", doc: "RFC 2136: the TSIG key, base64" },
} as const satisfies Record<string, Option>;

type Text = (name: keyof typeof DNS_OPTIONS) => string | undefined;

const DNS_PORT = 53;

/** Decides by what records are written. Undefined: by nothing. Faults are added to `faults`. */
export function decideDns(text: Text, faults: string[]): DnsAccess | undefined {
  const provider = text("dnsProvider");
  const path = text("dnsHook");
  if (provider !== undefined && path !== undefined) faults.push("Choose one of --dns-provider and --dns-hook");
  switch (provider) {
    case undefined:
      return path === undefined ? undefined : { kind: "hook", path };
    case "cloudflare":
      return decideCloudflare(text, faults);
    case "route53":
      return decideRoute53(text, faults);
    case "rfc2136":
      return decideRfc2136(text, faults);
    default:
      faults.push(`--dns-provider is ${JSON.stringify(provider)} and must be cloudflare, route53 or rfc2136`);
      return undefined;
  }
}

function decideCloudflare(text: Text, faults: string[]): DnsAccess | undefined {
  const token = text("cloudflareToken");
  if (token !== undefined) return { kind: "cloudflare", token };
  faults.push("--dns-provider cloudflare needs SITEPOD_CLOUDFLARE_API_TOKEN");
  return undefined;
}

function decideRoute53(text: Text, faults: string[]): DnsAccess | undefined {
  const [id, secret] = [text("route53KeyId"), text("route53Secret")];
  if (id !== undefined && secret !== undefined) return { kind: "route53", keys: { id, secret } };
  if (id === undefined && secret === undefined) return { kind: "route53", keys: undefined };
  faults.push("Set both SITEPOD_ROUTE53_ACCESS_KEY_ID and SITEPOD_ROUTE53_SECRET_ACCESS_KEY, or neither");
  return undefined;
}

function decideRfc2136(text: Text, faults: string[]): DnsAccess | undefined {
  const [server, name, secret] = [text("rfc2136Server"), text("rfc2136KeyName"), text("rfc2136KeySecret")];
  if (server === undefined || name === undefined || secret === undefined) {
    faults.push(
      "--dns-provider rfc2136 needs SITEPOD_RFC2136_SERVER, SITEPOD_RFC2136_KEY_NAME and SITEPOD_RFC2136_KEY_SECRET",
    );
    return undefined;
  }
  const place = parseServer(server);
  if (!place) faults.push(`SITEPOD_RFC2136_SERVER is ${JSON.stringify(server)} and must be a name or an address`);
  const algorithm = TSIG_ALGORITHMS.find((known) => known === text("rfc2136KeyAlgorithm")?.toLowerCase());
  if (!algorithm) faults.push(`SITEPOD_RFC2136_KEY_ALGORITHM must be one of ${TSIG_ALGORITHMS.join(", ")}`);
  // What base64 does not have would be left out without a word.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(secret);
  if (!isBase64) faults.push("SITEPOD_RFC2136_KEY_SECRET must be in base64, as tsig-keygen prints it");
  if (!place || !algorithm || !isBase64) return undefined;
  return { kind: "rfc2136", ...place, key: { name, algorithm, secret } };
}

/** `ns1.example.com`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:53`. */
function parseServer(server: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, port = `${DNS_PORT}`] = /^(?:\[([^\]]+)\]|([^:[\]\s]+))(?::(\d+))?$/.exec(server) ?? [];
  const host = bracketed ?? plain ?? (isIPv6(server) ? server : undefined);
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) };
}
