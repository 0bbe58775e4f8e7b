import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";
import type { Identity } from "./better-auth.ts";

/** How long a browser may take to answer a challenge. */
const CHALLENGE_LIFETIME_MS = 5 * 60 * 1000;
const MAX_PASSKEYS = 20;

/**
 * Passkeys (WebAuthn). A page of a site below the domain may ask a person for a passkey of the domain: an answer counts only
 * where the browser says that the console asked.
 */
export interface Passkeys {
  list(userId: string): Promise<Api.Passkey[]>;
  /** What the browser makes a passkey from. Throws SitepodError `conflict` where there are too many. */
  beginRegistration(actor: Actor): Promise<object>;
  /** Throws SitepodError `invalid` where the browser's answer does not hold. */
  register(actor: Actor, name: string, answer: unknown): Promise<Api.Passkey>;
  /** Throws SitepodError `not_found`. */
  remove(actor: Actor, id: string): Promise<Api.Passkey>;
  /** What a browser asks its person's authenticator for; it says itself whose passkey it is. */
  beginSignIn(): Promise<object>;
  /** Returns the account whose passkey has answered. Throws SitepodError `unauthorized`. */
  signIn(answer: unknown): Promise<string>;
}

/** Loaded when the first is asked for. */
const webauthn = () => import("@simplewebauthn/server");

export function createPasskeys(context: Context, identity: Identity): Passkeys {
  const { query } = context.db;
  const { domain, console: origin } = context.addresses;
  const internals = async () => (await (await identity()).$context).internalAdapter;

  async function keepChallenge(purpose: string, challenge: string): Promise<void> {
    const expiresAt = new Date(Date.now() + CHALLENGE_LIFETIME_MS);
    await (
      await internals()
    ).createVerificationValue({ identifier: `passkey ${challenge}`, value: purpose, expiresAt });
  }
  /** Each challenge is answered once, for what it was made for. */
  const takeChallenge = (purpose: string) => async (challenge: string) => {
    const kept = await (await internals()).consumeVerificationValue(`passkey ${challenge}`);
    return kept?.value === purpose && kept.expiresAt.getTime() > Date.now();
  };

  return {
    async list(userId) {
      const rows = await query
        .selectFrom("passkeys")
        .where("user_id", "=", userId)
        .select(["id", "name", "created_at", "last_used_at"])
        .orderBy("created_at", "desc")
        .execute();
      return rows;
    },
    async beginRegistration(actor) {
      const own = await query
        .selectFrom("passkeys")
        .where("user_id", "=", actor.userId)
        .select(["credential_id", "transports"])
        .execute();
      if (own.length >= MAX_PASSKEYS) {
        throw new SitepodError("conflict", `You have ${own.length} passkeys, and more are not kept. Remove one first.`);
      }
      const { generateRegistrationOptions } = await webauthn();
      const options = await generateRegistrationOptions({
        rpName: `SitePod ${domain}`,
        rpID: domain,
        userName: actor.email,
        userID: new TextEncoder().encode(actor.userId),
        excludeCredentials: own.map((row) => ({ id: row.credential_id, transports: transportsOf(row.transports) })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
      });
      await keepChallenge(actor.userId, options.challenge);
      return options;
    },
    async register(actor, name, answer) {
      const { verifyRegistrationResponse } = await webauthn();
      const verified = await verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        expectedChallenge: takeChallenge(actor.userId),
        expectedOrigin: origin,
        expectedRPID: domain,
        requireUserVerification: true,
      }).catch(() => undefined);
      if (!verified?.verified) throw new SitepodError("invalid", "The passkey could not be made. Try again.");
      const { credential } = verified.registrationInfo;
      const row = {
        id: newId(context, "pk", 16),
        user_id: actor.userId,
        name,
        credential_id: credential.id,
        public_key: Buffer.from(credential.publicKey).toString("base64url"),
        counter: credential.counter,
        transports: (credential.transports ?? []).join(" "),
        created_at: nowIso(context),
        last_used_at: null,
      };
      await query.insertInto("passkeys").values(row).execute();
      return { id: row.id, name, created_at: row.created_at, last_used_at: null };
    },
    async remove(actor, id) {
      const removed = await query
        .deleteFrom("passkeys")
        .where("user_id", "=", actor.userId)
        .where("id", "=", id)
        .returning(["id", "name", "created_at", "last_used_at"])
        .executeTakeFirst();
      if (!removed) throw new SitepodError("not_found", "You have no such passkey.");
      return removed;
    },
    async beginSignIn() {
      const { generateAuthenticationOptions } = await webauthn();
      const options = await generateAuthenticationOptions({ rpID: domain, userVerification: "required" });
      await keepChallenge(SIGN_IN, options.challenge);
      return options;
    },
    async signIn(answer) {
      const response = answer as AuthenticationResponseJSON;
      const row = await query
        .selectFrom("passkeys")
        .where("credential_id", "=", String(response.id))
        .selectAll()
        .executeTakeFirst();
      const { verifyAuthenticationResponse } = await webauthn();
      const verified =
        row &&
        (await verifyAuthenticationResponse({
          response,
          expectedChallenge: takeChallenge(SIGN_IN),
          expectedOrigin: origin,
          expectedRPID: domain,
          requireUserVerification: true,
          credential: {
            id: row.credential_id,
            publicKey: new Uint8Array(Buffer.from(row.public_key, "base64url")),
            counter: row.counter,
            transports: transportsOf(row.transports),
          },
        }).catch(() => undefined));
      if (!row || !verified?.verified)
        throw new SitepodError("unauthorized", "This passkey is not known here. Sign in another way.");
      await query
        .updateTable("passkeys")
        .set({ counter: verified.authenticationInfo.newCounter, last_used_at: nowIso(context) })
        .where("id", "=", row.id)
        .execute();
      return row.user_id;
    },
  };
}

/** No account has this id. */
const SIGN_IN = "sign-in";

const transportsOf = (text: string) => text.split(" ").filter((word) => word !== "") as AuthenticatorTransport[];
