import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { SitepodError } from "#model";
import { type Context, nowIso } from "../context.ts";
import type { PasskeyChallenges } from "./passkey-challenges.ts";
import { originsOf, publicKeyOf, transportsOf, webauthn } from "./webauthn.ts";

/** Sign-in by a passkey. */
export interface PasskeySignIn {
  /** What a browser asks its person's authenticator for; it says itself whose passkey it is. */
  beginSignIn(): Promise<object>;
  /** Returns the account whose passkey has answered. Throws SitepodError `unauthorized`. */
  signIn(answer: unknown): Promise<string>;
}

/** No account has this id. */
const PURPOSE = "sign-in";

export function createPasskeySignIn(context: Context, challenges: PasskeyChallenges): PasskeySignIn {
  const { query } = context.db;
  const { domain } = context.addresses;
  const origins = originsOf(context.addresses);
  return {
    async beginSignIn() {
      const { generateAuthenticationOptions } = await webauthn();
      const options = await generateAuthenticationOptions({ rpID: domain, userVerification: "required" });
      await challenges.keep(PURPOSE, options.challenge);
      return options;
    },
    async signIn(answer) {
      const response = answer as AuthenticationResponseJSON;
      const row = await query
        .selectFrom("passkeys")
        .where("credential_id", "=", response.id)
        .selectAll()
        .executeTakeFirst();
      if (!row) throw unknown();
      const { verifyAuthenticationResponse } = await webauthn();
      const verified = await verifyAuthenticationResponse({
        response,
        expectedChallenge: (challenge) => challenges.take(PURPOSE, challenge),
        expectedOrigin: origins,
        expectedRPID: domain,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: publicKeyOf(row.public_key),
          counter: row.counter,
          transports: transportsOf(row.transports),
        },
      }).catch(() => undefined);
      if (!verified?.verified) throw unknown();
      await query
        .updateTable("passkeys")
        .set({ counter: verified.authenticationInfo.newCounter, last_used_at: nowIso(context) })
        .where("id", "=", row.id)
        .execute();
      return row.user_id;
    },
  };
}

const unknown = () => new SitepodError("unauthorized", "This passkey is not known here. Sign in another way.");
