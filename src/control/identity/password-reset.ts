import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { composeMail } from "../mail.ts";
import type { User } from "./accounts.ts";
import { type Identity, RESET_LINK_LIFETIME_S } from "./better-auth.ts";
import { asSitepodErrors } from "./refusals.ts";
import type { ResetLinks } from "./reset-links.ts";

/** New passwords for those who have lost theirs, by a link that is good once. */
export interface PasswordReset {
  /** Mails a link, where there is such an account. Who asks is told the same either way. */
  mail(email: string): Promise<void>;
  /** Makes a link to hand to the account's owner. Throws SitepodError `not_found`. */
  makeLink(email: string): Promise<{ readonly url: string; readonly expires_at: string }>;
  /** Sets the password and ends the account's sessions. Returns whose it is. Throws SitepodError: `gone`, `invalid`. */
  reset(token: string, password: string): Promise<User>;
}

export function createPasswordReset(context: Context, identity: Identity, links: ResetLinks): PasswordReset {
  const { domain, console: origin } = context.addresses;

  async function make(email: string): Promise<string | undefined> {
    const auth = await identity();
    const { token } = await links.collect(() => auth.api.requestPasswordReset({ body: { email } }));
    // Behind the hash it is in no log of a proxy, and in no Referer.
    return token === undefined ? undefined : `${origin}/reset-password#${token}`;
  }

  return {
    async mail(email) {
      const { sendMail, log } = context;
      if (!sendMail)
        throw new SitepodError("unavailable", "This server sends no mail. Ask its administrator for a link.");
      const url = await make(email);
      if (url === undefined) return;
      const letter = composeMail({
        to: email,
        subject: `A new password for ${domain}`,
        before: [`Somebody, you we hope, wants a new password for ${email} at ${domain}.`],
        action: { label: "Choose a new password", url },
        after: [
          `The link is good once, for ${RESET_LINK_LIFETIME_S / 60} minutes. If it was not you, do nothing: your password stays as it is.`,
        ],
      });
      // Not waited for: how long it takes would tell whether there is such an account.
      void sendMail(letter).catch((error: unknown) =>
        log("A mail with a link to a new password could not be sent", error),
      );
    },
    async makeLink(email) {
      const url = await make(email);
      if (url === undefined) throw new SitepodError("not_found", `There is no account with the address ${email}.`);
      return { url, expires_at: new Date(Date.now() + RESET_LINK_LIFETIME_S * 1000).toISOString() };
    },
    async reset(token, password) {
      const auth = await identity();
      const set = () => asSitepodErrors(() => auth.api.resetPassword({ body: { token, newPassword: password } }));
      const { user } = await links.collect(set);
      if (!user) throw new Error("Better Auth has not said whose password it has set");
      return user;
    },
  };
}
