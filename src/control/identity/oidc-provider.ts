import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { optionsOf } from "./better-auth.ts";
import type { OidcSettings } from "./oidc-settings.ts";

/** Stands in the database for whatever provider there is: a server has one. */
export const PROVIDER_ID = "oidc";

const DISCOVERY_TIMEOUT_MS = 10_000;

export type OidcAuth = Awaited<ReturnType<typeof loadOidc>>;

/**
 * Better Auth once more, with the provider: it asks the provider when it is set up, and passwords must not wait for that.
 * Throws SitepodError `unavailable` where the provider does not answer as OpenID Connect Discovery 1.0 wants it.
 */
export async function loadOidc(context: Context, secret: string, settings: OidcSettings) {
  const discoveryUrl = await discover(settings);
  const [{ betterAuth }, { genericOAuth }] = await Promise.all([
    import("better-auth"),
    import("better-auth/plugins/generic-oauth"),
  ]);
  const options = optionsOf(context, secret);
  return betterAuth({
    ...options,
    onAPIError: { errorURL: `${context.addresses.console}/` },
    // By itself an account is connected only where the provider and we have verified the address: else whoever registered
    // with an address of somebody else's would share an account with them. Signed in, people may connect any.
    // What was begun is kept by the browser, encrypted: in the database it would be removed before the provider is asked, and
    // the transaction of the sign-in would wait for the provider.
    account: {
      storeStateStrategy: "cookie",
      accountLinking: { enabled: true, requireLocalEmailVerified: true, allowDifferentEmails: true },
    },
    user: {
      ...options.user,
      validateUserInfo: async ({ user, source }, request) => {
        if (source.action !== "create-user") return;
        if (user.emailVerified !== true) return { error: "email_not_verified" };
        // Asked by the connection whose transaction makes the account: another would wait for it.
        const isFirst = (await request.context.internalAdapter.countTotalUsers()) === 0;
        const mayAnybody = isFirst || context.settings.signUpIsOpen;
        if (!mayAnybody && !isOfDomain(user.email ?? "", settings.signUpDomains)) return { error: "sign_up_closed" };
      },
    },
    databaseHooks: {
      ...options.databaseHooks,
      account: { create: { before: withoutTokens }, update: { before: withoutTokens } },
    },
    plugins: [
      genericOAuth({
        config: [
          {
            providerId: PROVIDER_ID,
            discoveryUrl,
            clientId: settings.clientId,
            clientSecret: settings.clientSecret,
            scopes: ["openid", "email", "profile"],
            pkce: true,
            requireIdTokenVerification: true,
          },
        ],
      }),
    ],
  });
}

/** Whether an e-mail address is of one of the domains; `*` is every domain. */
function isOfDomain(email: string, domains: readonly string[]): boolean {
  return domains.includes("*") || domains.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase());
}

/** Nothing is asked of the provider later: what could be is not kept. */
async function withoutTokens(account: Record<string, unknown>) {
  return { data: { ...account, accessToken: null, refreshToken: null, idToken: null } };
}

/** Returns the URL of the provider's metadata, once it was seen to be the issuer's. */
async function discover({ issuer, name }: OidcSettings): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS) });
    const metadata = (await answer.json()) as { issuer?: unknown };
    if (metadata.issuer === issuer) return url;
    throw new Error(`It says that its issuer is ${JSON.stringify(metadata.issuer)}, and not ${issuer}`);
  } catch (cause) {
    throw new SitepodError(
      "unavailable",
      `${name} does not answer as a provider of OpenID Connect. Sign in another way.`,
      {
        cause,
      },
    );
  }
}
