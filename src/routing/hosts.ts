import { type Environment, formatVersion, parsePreviewSlug, parseSiteName, parseVersion } from "#model";

/** A name under the server's own domain that leads to a site. */
export type SiteHost =
  | { readonly kind: "environment"; readonly label: string; readonly environment: Environment }
  | { readonly kind: "preview"; readonly label: string; readonly slug: string }
  | { readonly kind: "release"; readonly label: string; readonly version: number };

export type Host =
  | SiteHost
  /** The API and the console: the base domain, `api.`, `app.` and `console.` under it, `localhost` and bare addresses. */
  | { readonly kind: "control" }
  /** Not under the base domain: somebody's own domain, or a stray one. */
  | { readonly kind: "custom"; readonly hostname: string }
  /** Under the base domain, but no site can have that name. */
  | { readonly kind: "unknown" }
  | { readonly kind: "invalid"; readonly reason: string };

/** RFC 1035, section 2.3.4. */
const MAX_HOSTNAME_LENGTH = 253;
const CONTROL_LABELS = ["api", "app", "console"];

const PORT = /:[0-9]{0,5}$/;
const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const IPV4 = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;

/**
 * Reads a Host header (RFC 9110, section 7.2). Port, upper case and one trailing dot make no difference. Two headers
 * arrive joined by a comma and are refused, as is every character that no host name has.
 *
 * @param domain the base domain, in lower case, without port or trailing dot
 */
export function parseHost(header: string | null, domain: string): Host {
  const hostname = (header ?? "").toLowerCase().replace(PORT, "").replace(/\.$/, "");
  if (hostname === "") return { kind: "invalid", reason: "The request has no Host header." };
  if (IPV6.test(hostname)) return { kind: "control" };
  if (hostname.length > MAX_HOSTNAME_LENGTH || !HOSTNAME.test(hostname)) {
    return { kind: "invalid", reason: "The request's Host header is not one host name." };
  }
  if (hostname === domain || hostname === "localhost" || IPV4.test(hostname)) return { kind: "control" };
  if (!hostname.endsWith(`.${domain}`)) return { kind: "custom", hostname };
  return parseSiteLabel(hostname.slice(0, -domain.length - 1));
}

/** Writes the name of a site's address: the inverse of parsing it. */
export function formatHost(host: SiteHost, domain: string): string {
  switch (host.kind) {
    case "environment":
      return `${host.label}${host.environment === "prod" ? "" : `-${host.environment}`}.${domain}`;
    case "preview":
      return `${host.label}--${host.slug}.${domain}`;
    case "release":
      return `${host.label}--${formatVersion(host.version)}.${domain}`;
    default:
      return host satisfies never;
  }
}

/** The port of a Host header with its colon, or nothing. */
export const portOf = (header: string | null): string => PORT.exec(header ?? "")?.[0] ?? "";

function parseSiteLabel(name: string): Host {
  if (CONTROL_LABELS.includes(name)) return { kind: "control" };
  const separator = name.indexOf("--");
  if (separator === -1) {
    const environment = name.endsWith("-beta") ? "beta" : "prod";
    const label = environment === "beta" ? name.slice(0, -"-beta".length) : name;
    return parseSiteName(label).ok ? { kind: "environment", label, environment } : { kind: "unknown" };
  }
  const label = name.slice(0, separator);
  const slug = name.slice(separator + 2);
  if (!parseSiteName(label).ok) return { kind: "unknown" };
  const version = parseVersion(slug);
  if (version !== undefined) return { kind: "release", label, version };
  return parsePreviewSlug(slug, label).ok ? { kind: "preview", label, slug } : { kind: "unknown" };
}
