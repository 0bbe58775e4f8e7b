import type { Api } from "#wire";
import { proofName, proofText } from "./dns.ts";

interface Wanted {
  readonly hostname: string;
  readonly token: string;
  /** The site's name under the server's own domain, which follows the server wherever it moves. */
  readonly siteName: string;
  /** The server's public addresses, where they are known. */
  readonly addresses: readonly string[];
}

/**
 * Lists what the owner of a domain sets in DNS: what proves it, and what leads to this server. The name at the top of a
 * zone cannot be an alias (RFC 1034, section 3.6.2). A name of three labels may be such a top, as `example.co.uk` is;
 * then both ways are listed, and the owner knows.
 */
export function listRecords({ hostname, token, siteName, addresses }: Wanted): Api.DnsRecord[] {
  const proof = { type: "TXT", name: proofName(hostname), value: proofText(token), purpose: "proves that it is yours" };
  const labels = hostname.split(".").length;
  const isWildcard = hostname.startsWith("*.");
  const isAmbiguous = labels === 3 && !isWildcard;
  const alias = {
    type: "CNAME",
    name: hostname,
    value: siteName,
    purpose: isAmbiguous ? "leads here, for a subdomain" : "leads here",
  };
  const hosts = addresses.map((value) => ({
    type: value.includes(":") ? "AAAA" : "A",
    name: hostname,
    value,
    purpose: isAmbiguous ? "leads here, for the top of a zone" : "leads here",
  }));
  return [proof, ...(labels > 2 ? [alias] : []), ...(labels < 4 && !isWildcard ? hosts : [])] as Api.DnsRecord[];
}
