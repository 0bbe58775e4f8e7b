import type { DnsAccess } from "#pki";
import { decideDns, DNS_OPTIONS } from "./dns-options.ts";
import type { Option } from "./option.ts";

/** The options of `sitepod serve` about HTTPS, certificates and proxies: part of the table of all. */
export const HTTPS_OPTIONS = {
  https: {
    flag: "https",
    env: "SITEPOD_HTTPS",
    kind: "switch",
    doc: "Serve HTTPS with certificates from the authority, whose terms you accept by this; HTTP redirects to it",
  },
  httpsPort: {
    flag: "https-port",
    env: "SITEPOD_HTTPS_PORT",
    kind: "count",
    fallback: "443",
    doc: "Port for HTTPS; 0 takes a free one",
  },
  http3: {
    flag: "http3",
    env: "SITEPOD_HTTP3",
    kind: "switch",
    doc: "Experimental: HTTP/3 too, on the port of HTTPS over UDP; a change of certificates ends its connections",
  },
  acmeDirectory: {
    flag: "acme-directory",
    env: "SITEPOD_ACME_DIRECTORY",
    kind: "text",
    fallback: "https://acme-v02.api.letsencrypt.org/directory",
    doc: "The certificate authority: the URL of its ACME directory",
  },
  acmeFallback: {
    flag: "acme-fallback",
    env: "SITEPOD_ACME_FALLBACK",
    kind: "text",
    doc: "A second authority, asked where the first gives no certificate: the URL of its ACME directory",
  },
  acmeEmail: {
    flag: "acme-email",
    env: "SITEPOD_ACME_EMAIL",
    kind: "text",
    doc: "Where authorities write to about the account",
  },
  acmeRoots: {
    flag: "acme-roots",
    env: "SITEPOD_ACME_ROOTS",
    kind: "text",
    doc: "PEM file of the roots by which a private authority's own HTTPS is verified",
  },
  ...DNS_OPTIONS,
  trustProxy: {
    flag: "trust-proxy",
    env: "SITEPOD_TRUST_PROXY",
    kind: "text",
    doc: "Addresses of proxies whose X-Forwarded-For and -Proto are believed, such as 10.0.0.0/8,127.0.0.1",
  },
  acmeBindingId: { env: "SITEPOD_ACME_EAB_ID", kind: "text", doc: "External account binding: the key's id" },
  acmeBindingKey: { env: "SITEPOD_ACME_EAB_KEY", kind: "secret", doc: "External account binding: the key, base64url" },
  acmeFallbackBindingId: {
    env: "SITEPOD_ACME_FALLBACK_EAB_ID",
    kind: "text",
    doc: "The same for the second authority",
  },
  acmeFallbackBindingKey: {
    env: "SITEPOD_ACME_FALLBACK_EAB_KEY",
    kind: "secret",
    doc: "The same for the second authority",
  },
} as const satisfies Record<string, Option>;

export interface HttpsOptions {
  readonly port: number;
  readonly http3: boolean;
  readonly authorities: readonly AuthorityOptions[];
  readonly email: string | undefined;
  /** Path of a PEM file. */
  readonly roots: string | undefined;
  /** By what TXT records are written; undefined: by nothing. */
  readonly dns: DnsAccess | undefined;
}

export interface AuthorityOptions {
  readonly directory: string;
  readonly bindingId: string | undefined;
  readonly bindingKey: string | undefined;
}

/** Decides the options about HTTPS. Undefined where it is off. Faults are added to `faults`. */
export function decideHttps(
  text: (name: keyof typeof HTTPS_OPTIONS) => string | undefined,
  isOn: (name: keyof typeof HTTPS_OPTIONS) => boolean,
  port: number,
  faults: string[],
): HttpsOptions | undefined {
  if (!isOn("https")) return undefined;
  const authorities = [
    {
      directory: text("acmeDirectory")!,
      bindingId: text("acmeBindingId"),
      bindingKey: text("acmeBindingKey"),
    },
    {
      directory: text("acmeFallback") ?? "",
      bindingId: text("acmeFallbackBindingId"),
      bindingKey: text("acmeFallbackBindingKey"),
    },
  ].filter(({ directory }) => directory !== "");
  for (const { directory, bindingId, bindingKey } of authorities) {
    if (URL.parse(directory)?.protocol !== "https:") {
      faults.push(`The certificate authority ${JSON.stringify(directory)} must be an https: URL`);
    }
    if ((bindingId === undefined) !== (bindingKey === undefined)) {
      faults.push(`External account binding for ${directory} needs both the id and the key`);
    }
  }
  return {
    port,
    http3: isOn("http3"),
    authorities,
    email: text("acmeEmail"),
    roots: text("acmeRoots"),
    dns: decideDns(text, faults),
  };
}
