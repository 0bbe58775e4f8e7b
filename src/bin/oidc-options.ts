import type { Option } from "./option.ts";

/** The options of `sitepod serve` about sign-in by another server: part of the table of all. */
export const OIDC_OPTIONS = {
  oidcIssuer: {
    env: "SITEPOD_OIDC_ISSUER",
    kind: "text",
    doc: "OpenID Connect provider that people may sign in by: the issuer's URL, as the provider writes it",
  },
  oidcClientId: { env: "SITEPOD_OIDC_CLIENT_ID", kind: "text", doc: "What the provider knows this server by" },
  oidcClientSecret: { env: "SITEPOD_OIDC_CLIENT_SECRET", kind: "secret", doc: "What this server proves that with" },
  oidcName: {
    env: "SITEPOD_OIDC_NAME",
    kind: "text",
    fallback: "single sign-on",
    doc: "What the provider is called on the button",
  },
  oidcSignUp: {
    env: "SITEPOD_OIDC_SIGN_UP",
    kind: "text",
    doc: "Domains of e-mail addresses, separated by commas, whose owners get an account at their first sign-in by the provider; *: everybody it knows",
  },
} as const satisfies Record<string, Option>;

/** How people sign in by another server. Its secret is never shown. */
export interface OidcChoice {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly signUpDomains: readonly string[];
}

/** Decides the options about the provider. Undefined where there is none. Faults are added to `faults`. */
export function decideOidc(
  text: (name: keyof typeof OIDC_OPTIONS) => string | undefined,
  faults: string[],
): OidcChoice | undefined {
  const [issuer, clientId, clientSecret] = [text("oidcIssuer"), text("oidcClientId"), text("oidcClientSecret")];
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  const url = URL.parse(issuer ?? "");
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    faults.push(
      `SITEPOD_OIDC_ISSUER is ${JSON.stringify(issuer ?? "")} and must be a URL such as https://id.example.com`,
    );
  }
  if (clientId === undefined || clientSecret === undefined) {
    faults.push(
      "SITEPOD_OIDC_ISSUER needs SITEPOD_OIDC_CLIENT_ID and SITEPOD_OIDC_CLIENT_SECRET: the provider gives both",
    );
  }
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const signUpDomains = (text("oidcSignUp") ?? "")
    .split(",")
    .map((domain) => domain.trim().toLowerCase())
    .filter((domain) => domain !== "");
  return { name: text("oidcName")!, issuer, clientId, clientSecret, signUpDomains };
}
