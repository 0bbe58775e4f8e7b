import type { Context } from "../context.ts";
import { type Accounts, createAccounts } from "./accounts.ts";
import { createIdentity } from "./better-auth.ts";
import { createDeviceLogins, type DeviceLogins } from "./device-logins.ts";
import { createKnownPlaces, type KnownPlaces } from "./known-places.ts";
import { createLoginLimit, type LoginLimit } from "./login-limit.ts";
import { createOidc, type Oidc } from "./oidc.ts";
import { createPasskeys, type Passkeys } from "./passkeys.ts";
import { createPasswordReset, type PasswordReset } from "./password-reset.ts";
import { createResetLinks } from "./reset-links.ts";
import { createSecurity, type Security } from "./security.ts";
import { createSessions, type Sessions } from "./sessions.ts";

/** All ways into accounts, and what keeps them safe. */
export interface SignIn {
  readonly accounts: Accounts;
  readonly limit: LoginLimit;
  readonly places: KnownPlaces;
  readonly security: Security;
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
  readonly devices: DeviceLogins;
  readonly passwordReset: PasswordReset;
  readonly oidc: Oidc | undefined;
}

/** `secret` signs browser sessions, and encrypts the secrets of one-time codes. */
export function createSignIn(context: Context, secret: string): SignIn {
  const links = createResetLinks();
  const identity = createIdentity(context, secret, links);
  const limit = createLoginLimit(context.db);
  const accounts = createAccounts(context, identity, limit);
  return {
    accounts,
    limit,
    places: createKnownPlaces(context),
    security: createSecurity(context, identity),
    sessions: createSessions(context, identity),
    passkeys: createPasskeys(context, identity),
    devices: createDeviceLogins(context, identity),
    passwordReset: createPasswordReset(context, identity, links),
    oidc: createOidc(context, secret, accounts),
  };
}
