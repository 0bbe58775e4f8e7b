import { accepted, type Parsed, refused } from "#model";
import { parseHost } from "./hosts.ts";

const WILDCARD = "*.";

/**
 * Parses a name that somebody wants as a custom domain: `example.com`, or `*.example.com` for all names of one more
 * label. Upper case, one trailing dot and letters beyond ASCII are brought into the form that requests have.
 *
 * @param domain the server's own base domain, whose names belong to sites already
 */
export function parseCustomDomain(text: string, domain: string): Parsed<string> {
  const shown = JSON.stringify(text.slice(0, 80));
  const isWildcard = text.startsWith(WILDCARD);
  const hostname = toAscii(isWildcard ? text.slice(WILDCARD.length) : text)?.replace(/\.$/, "");
  const host = hostname === undefined ? undefined : parseHost(hostname, domain);
  if (host && host.kind !== "custom" && host.kind !== "invalid") {
    return refused(`${shown} cannot be a custom domain: it belongs to the server. Give a name outside ${domain}`);
  }
  if (host?.kind !== "custom" || !isPublicName(host.hostname)) {
    return refused(`${shown} is not a domain name such as "www.example.com" or "*.example.com"`);
  }
  return accepted(isWildcard ? WILDCARD + host.hostname : host.hostname);
}

/** The name whose DNS zone says who owns a custom domain: `example.com` for `*.example.com`. */
export const parentOfWildcard = (hostname: string): string =>
  hostname.startsWith(WILDCARD) ? hostname.slice(WILDCARD.length) : hostname;

/** Whether a name can be registered, and have a certificate: several labels, no underscore, a last one that is no number. */
const isPublicName = (hostname: string): boolean =>
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])$/.test(hostname);

/** IDNA, by way of the URL parser. Undefined where the text is more than a host name. */
function toAscii(text: string): string | undefined {
  if (/[\s:/?#@%\\[\]*]/.test(text)) return undefined;
  return URL.parse(`http://${text}`)?.hostname;
}
