import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import type { Identity } from "./better-auth.ts";
import { type Client, headersOf } from "./client.ts";
import { asSitepodErrors } from "./refusals.ts";

/** What a change of the account's security gave, and the headers that renew the browser's cookies. */
export interface Changed<T> {
  readonly value: T;
  readonly cookies: readonly string[];
}

/** The ways into one's own account. Each call is by a browser that is signed in; its cookie is in `client`. */
export interface Security {
  describe(userId: string): Promise<Pick<Api.Security, "has_password" | "one_time_codes">>;
  /** Throws SitepodError `unauthorized` where it is not the account's password. An account without one has none to prove. */
  provePassword(userId: string, password: string | undefined, client: Client): Promise<void>;
  /** Sets a password and ends all other sessions. Throws SitepodError: `unauthorized`, `invalid`. */
  changePassword(userId: string, current: string | undefined, wanted: string, client: Client): Promise<Changed<void>>;
  /** Makes a secret for one-time codes. They are asked for once `confirmCodes` was shown the first. */
  beginCodes(password: string | undefined, client: Client): Promise<Api.OneTimeCodesBegun>;
  confirmCodes(code: string, client: Client): Promise<Changed<void>>;
  endCodes(password: string | undefined, client: Client): Promise<Changed<void>>;
  /** Makes new recovery codes; the old ones are void. */
  renewRecoveryCodes(password: string | undefined, client: Client): Promise<string[]>;
}

export function createSecurity(context: Context, identity: Identity): Security {
  const { query } = context.db;

  async function hasPassword(userId: string): Promise<boolean> {
    const account = await query
      .selectFrom("account")
      .where("userId", "=", userId)
      .where("providerId", "=", "credential")
      .where("password", "is not", null)
      .select("id")
      .executeTakeFirst();
    return account !== undefined;
  }

  return {
    async describe(userId) {
      const codes = await query
        .selectFrom("twoFactor")
        .where("userId", "=", userId)
        .where("verified", "=", 1)
        .select("id")
        .executeTakeFirst();
      const auth = await identity();
      const left = codes && (await auth.api.viewBackupCodes({ body: { userId } }));
      return {
        has_password: await hasPassword(userId),
        one_time_codes: left ? { recovery_codes_left: left.backupCodes.length } : null,
      };
    },
    async provePassword(userId, password, client) {
      if (!(await hasPassword(userId))) return;
      const auth = await identity();
      const body = { password: password ?? "" };
      await asSitepodErrors(() => auth.api.verifyPassword({ body, headers: headersOf(client) }));
    },
    async changePassword(userId, current, wanted, client) {
      const auth = await identity();
      const headers = headersOf(client);
      if (!(await hasPassword(userId))) {
        await asSitepodErrors(() => auth.api.setPassword({ body: { newPassword: wanted }, headers }));
        return { value: undefined, cookies: [] };
      }
      const body = { currentPassword: current ?? "", newPassword: wanted, revokeOtherSessions: true };
      const answer = await asSitepodErrors(() => auth.api.changePassword({ body, headers, returnHeaders: true }));
      return { value: undefined, cookies: answer.headers.getSetCookie() };
    },
    async beginCodes(password, client) {
      const auth = await identity();
      const body = { method: "totp", ...(password === undefined ? {} : { password }) } as const;
      const begun = await asSitepodErrors(() => auth.api.enableTwoFactor({ body, headers: headersOf(client) }));
      if (begun.method !== "totp") throw new Error("Better Auth set up another factor than was asked for");
      const secret = new URL(begun.totpURI).searchParams.get("secret") ?? "";
      return { uri: begun.totpURI, secret, recovery_codes: [...begun.backupCodes] };
    },
    async confirmCodes(code, client) {
      const auth = await identity();
      const request = {
        body: { code: code.replaceAll(/\s/g, "") },
        headers: headersOf(client),
        returnHeaders: true,
      } as const;
      const answer = await asSitepodErrors(() => auth.api.verifyTOTP(request));
      return { value: undefined, cookies: answer.headers.getSetCookie() };
    },
    async endCodes(password, client) {
      const auth = await identity();
      const body = password === undefined ? {} : { password };
      const request = { body, headers: headersOf(client), returnHeaders: true } as const;
      const answer = await asSitepodErrors(() => auth.api.disableTwoFactor(request));
      return { value: undefined, cookies: answer.headers.getSetCookie() };
    },
    async renewRecoveryCodes(password, client) {
      const auth = await identity();
      const body = password === undefined ? {} : { password };
      const made = await asSitepodErrors(() => auth.api.generateBackupCodes({ body, headers: headersOf(client) }));
      return made.backupCodes;
    },
  };
}

/** Turns an account's one-time codes off for somebody who has lost what shows them. */
export async function removeSecondFactor(context: Context, operator: Actor, email: string): Promise<void> {
  await context.db.query.transaction().execute(async (query) => {
    const user = await query
      .selectFrom("user")
      .where("email", "=", email.toLowerCase())
      .select("id")
      .executeTakeFirst();
    if (!user) return;
    await query.updateTable("user").set({ twoFactorEnabled: 0 }).where("id", "=", user.id).execute();
    const { numDeletedRows } = await query.deleteFrom("twoFactor").where("userId", "=", user.id).executeTakeFirst();
    if (numDeletedRows === 0n) return;
    await recordEvent(context, operator, "account.second_factor_removed", { target: email }, query);
  });
}
