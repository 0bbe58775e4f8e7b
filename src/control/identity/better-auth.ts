import type { BetterAuthOptions } from "better-auth";
import type { Context } from "../context.ts";
import { createQueue } from "../gate.ts";
import { ADDRESS_HEADER } from "./client.ts";
import { MIN_PASSWORD_LENGTH } from "./refusals.ts";
import type { ResetLinks } from "./reset-links.ts";

/** Better Auth as it is set up here. None of its routes are open: its functions are called. */
export type BetterAuth = Awaited<ReturnType<typeof loadBetterAuth>>;
export type Identity = () => Promise<BetterAuth>;

/** How long a link to a new password is good for. */
export const RESET_LINK_LIFETIME_S = 60 * 60;
/** How long a program waits to be let in, and how often it may ask. */
export const DEVICE_CODE_LIFETIME_MIN = 15;
const DEVICE_POLL_INTERVAL_S = 2;

/** The name of the browser's session cookie. `__Host-` keeps tenants under the same domain from setting it. */
export const sessionCookieName = (isHttps: boolean): string => cookiePrefix(isHttps);

export const cookiePrefix = (isHttps: boolean): string => (isHttps ? "__Host-sitepod" : "sitepod");

/** Returns Better Auth, which is loaded when it is first asked for. */
export function createIdentity(context: Context, secret: string, resetLinks: ResetLinks): Identity {
  let loading: Promise<BetterAuth> | undefined;
  return () => (loading ??= loadBetterAuth(context, secret, resetLinks));
}

async function loadBetterAuth(context: Context, secret: string, resetLinks: ResetLinks) {
  const [{ betterAuth }, { twoFactor }, { deviceAuthorization }, { grantSession }] = await Promise.all([
    import("better-auth"),
    import("better-auth/plugins/two-factor"),
    import("better-auth/plugins/device-authorization"),
    import("./grant-session.ts"),
  ]);
  const { console: baseURL } = context.addresses;
  return betterAuth({
    ...optionsOf(context, secret),
    emailAndPassword: {
      ...passwordOptions(),
      sendResetPassword: ({ token }) => resetLinks.tell({ token }),
      onPasswordReset: ({ user: { id, email } }) => resetLinks.tell({ user: { id, email } }),
    },
    plugins: [
      twoFactor({
        issuer: `SitePod ${context.addresses.domain}`,
        allowPasswordless: true,
        // Wrong codes count like wrong passwords, by place: strangers do not lock the owner out.
        accountLockout: { enabled: false },
      }),
      deviceAuthorization({
        expiresIn: `${DEVICE_CODE_LIFETIME_MIN}m`,
        interval: `${DEVICE_POLL_INTERVAL_S}s`,
        verificationUri: `${baseURL}/device`,
      }),
      grantSession(),
    ],
  });
}

/** What holds for every instance of Better Auth here: they share accounts and sessions. */
export function optionsOf(context: Context, secret: string) {
  const { isHttps, console: baseURL } = context.addresses;
  return {
    baseURL,
    basePath: "/api/v1/auth",
    secret,
    // In a transaction: an account that is cut off has neither a row nor a role. The type says what its columns hold, which
    // is the same in both databases: times as text, truth as a number.
    database: { db: context.db.query, type: "sqlite", transaction: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    user: { additionalFields: { role: { type: "string", input: false, defaultValue: "user" } } },
    databaseHooks: {
      user: {
        create: {
          before: async (user, request) => {
            const isFirst = (await request?.context.internalAdapter.countTotalUsers()) === 0;
            return { data: { ...user, role: isFirst ? "admin" : "user" } };
          },
        },
      },
    },
    advanced: {
      // Else it puts __Secure- before the name, and __Host- no longer means anything.
      useSecureCookies: false,
      cookiePrefix: cookiePrefix(isHttps),
      defaultCookieAttributes: { secure: isHttps, sameSite: "lax", httpOnly: true, path: "/" },
      cookies: { session_token: { name: sessionCookieName(isHttps) } },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 128 },
    },
  } satisfies BetterAuthOptions;
}

function passwordOptions() {
  // A hash takes 64 MiB and a core for a tenth of a second: one at a time, however many ask.
  const inTurn = createQueue();
  return {
    enabled: true,
    minPasswordLength: MIN_PASSWORD_LENGTH,
    maxPasswordLength: 256,
    resetPasswordTokenExpiresIn: RESET_LINK_LIFETIME_S,
    revokeSessionsOnPasswordReset: true,
    password: {
      hash: (password: string) => inTurn(() => Bun.password.hash(password, "argon2id")),
      verify: ({ hash, password }: { hash: string; password: string }) =>
        inTurn(() => Bun.password.verify(password, hash)),
    },
  };
}
