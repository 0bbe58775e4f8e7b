import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** A person whom the provider knows. The subject is what it calls them for ever. */
export interface ProviderPerson {
  readonly email: string;
  readonly email_verified: boolean;
}

/** A provider of OpenID Connect on this machine: oidc-provider, which is certified as one. */
export interface OidcProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By subject, which is also what is typed at its log-in. Any password will do. */
  readonly people: Map<string, ProviderPerson>;
}

/** Starts a provider that sends people back to `redirectUri`. */
export async function startOidcProvider(redirectUri: string): Promise<OidcProvider> {
  const people = new Map<string, ProviderPerson>();
  const [clientId, clientSecret] = ["sitepod", "the secret of the client"];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["signs the provider's cookies"] },
    pkce: { required: () => true },
    findAccount: (_, subject) => ({
      accountId: subject,
      claims: async () => ({ sub: subject, name: subject, ...people.get(subject) }),
    }),
  });
  server.on("request", provider.callback());
  return {
    issuer,
    clientId,
    clientSecret,
    people,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
