import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { SitepodError } from "#model";
import type { Api } from "#wire";
import { type Context, newId, nowIso } from "../context.ts";
import type { Actor } from "./actor.ts";
import { recordEvent } from "./audit.ts";
import type { Identity } from "./better-auth.ts";
import { createPasskeyChallenges } from "./passkey-challenges.ts";
import { createPasskeySignIn, type PasskeySignIn } from "./passkey-sign-in.ts";
import { originsOf, transportsOf, webauthn, writePublicKey, writeTransports } from "./webauthn.ts";

const MAX_PASSKEYS = 20;

/**
 * Passkeys (WebAuthn). A page of a site below the domain may ask a person for a passkey of the domain: an answer counts only
 * where the browser says that the console asked.
 */
export interface Passkeys extends PasskeySignIn {
  list(userId: string): Promise<Api.Passkey[]>;
  /** What the browser makes a passkey from. Throws SitepodError `conflict` where there are too many. */
  beginRegistration(actor: Actor): Promise<object>;
  /** Throws SitepodError `invalid` where the browser's answer does not hold. */
  register(actor: Actor, name: string, answer: unknown): Promise<Api.Passkey>;
  /** Throws SitepodError `not_found`. */
  remove(actor: Actor, id: string): Promise<void>;
}

export function createPasskeys(context: Context, identity: Identity): Passkeys {
  const { query } = context.db;
  const { domain } = context.addresses;
  const origins = originsOf(context.addresses);
  const challenges = createPasskeyChallenges(identity);
  const ownedBy = (userId: string) => query.selectFrom("passkeys").where("user_id", "=", userId);

  return {
    ...createPasskeySignIn(context, challenges),
    list: (userId) =>
      ownedBy(userId).select(["id", "name", "created_at", "last_used_at"]).orderBy("created_at", "desc").execute(),
    async beginRegistration(actor) {
      const own = await ownedBy(actor.userId).select(["credential_id", "transports"]).execute();
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
      await challenges.keep(actor.userId, options.challenge);
      return options;
    },
    async register(actor, name, answer) {
      const { verifyRegistrationResponse } = await webauthn();
      const verified = await verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        expectedChallenge: (challenge) => challenges.take(actor.userId, challenge),
        expectedOrigin: origins,
        expectedRPID: domain,
        requireUserVerification: true,
      }).catch(() => undefined);
      if (!verified?.verified) throw new SitepodError("invalid", "The passkey could not be made. Try again.");
      const { credential } = verified.registrationInfo;
      const shown = { id: newId(context, "pk", 16), name, created_at: nowIso(context), last_used_at: null };
      const row = {
        ...shown,
        user_id: actor.userId,
        credential_id: credential.id,
        public_key: writePublicKey(credential.publicKey),
        counter: credential.counter,
        transports: writeTransports(credential.transports),
      };
      await query.transaction().execute(async (transaction) => {
        await transaction.insertInto("passkeys").values(row).execute();
        await recordEvent(context, actor, "account.passkey_added", { target: name }, transaction);
      });
      return shown;
    },
    async remove(actor, id) {
      await query.transaction().execute(async (transaction) => {
        const removed = await transaction
          .deleteFrom("passkeys")
          .where("user_id", "=", actor.userId)
          .where("id", "=", id)
          .returning("name")
          .executeTakeFirst();
        if (!removed) throw new SitepodError("not_found", "You have no such passkey.");
        await recordEvent(context, actor, "account.passkey_removed", { target: removed.name }, transaction);
      });
    },
  };
}
