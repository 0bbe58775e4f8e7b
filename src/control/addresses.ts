import { type Environment, ROOT_PATH } from "#model";
import { formatHost, type SiteHost } from "#routing";

/** How people reach the server: what every URL in an answer is made of. */
export interface Addresses {
  /** The base domain, without a port. */
  readonly domain: string;
  /** Where the console and the API are, without a slash at the end. */
  readonly console: string;
  readonly isHttps: boolean;
  readonly site: (label: string, environment: Environment) => string;
  readonly preview: (label: string, slug: string) => string;
  readonly release: (label: string, version: number) => string;
  readonly custom: (hostname: string, path: string) => string;
}

/** Derives every address from the URL at which the base domain is reached, such as `https://example.com`. */
export function createAddresses(publicUrl: URL): Addresses {
  const { protocol, hostname, origin } = publicUrl;
  const port = publicUrl.port === "" ? "" : `:${publicUrl.port}`;
  const at = (host: SiteHost) => `${protocol}//${formatHost(host, hostname)}${port}`;
  return {
    domain: hostname,
    console: origin,
    isHttps: protocol === "https:",
    site: (label, environment) => at({ kind: "environment", label, environment }),
    preview: (label, slug) => at({ kind: "preview", label, slug }),
    release: (label, version) => at({ kind: "release", label, version }),
    custom: (name, path) => `${protocol}//${name}${port}${path === ROOT_PATH ? "" : `${path}/`}`,
  };
}
