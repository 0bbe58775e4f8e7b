import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import type { Accounts, User } from "./accounts.ts";
import type { Actor } from "./actor.ts";
import { type AuditSubject, recordEvent } from "./audit.ts";
import type { AuditAction } from "./audit-actions.ts";
import { type Client, headersOf, sentBack } from "./client.ts";
import { loadOidc, type OidcAuth, PROVIDER_ID } from "./oidc-provider.ts";
import { asSitepodErrors } from "./refusals.ts";
import { findOrMakeHome } from "./workspace.ts";

/** Where the browser goes next, and the cookies that it is to have there. */
export interface Redirect {
  readonly url: string;
  readonly cookies: readonly string[];
}

/** Who has come back from the provider; undefined where it was no sign-in, or failed. */
export interface Returned extends Redirect {
  readonly user: User | undefined;
}

/** Sign-in by another server: OpenID Connect, as Better Auth does it. */
export interface Oidc {
  /** Sends the browser to the provider, and after a sign-in to `path` of the console. Throws SitepodError `unavailable`. */
  begin(path: string, client: Client): Promise<Redirect>;
  /** The same, to connect the account that is signed in. */
  beginConnecting(client: Client): Promise<Redirect>;
  /** Takes the provider's answer, the query of the URL at which the browser has come back, and records the sign-in, or the connection. */
  finish(search: string, client: Client, actorOf: (user: User) => Actor): Promise<Returned>;
  isConnected(userId: string): Promise<boolean>;
  /** Throws SitepodError: `not_found`, `conflict` where it is the only way in. */
  disconnect(actor: Actor): Promise<void>;
}

/** Undefined where the server has no provider. */
export function createOidc(context: Context, secret: string, accounts: Accounts): Oidc | undefined {
  const settings = context.settings.oidc;
  if (!settings) return undefined;
  const { query } = context.db;
  const { console: origin } = context.addresses;
  let loaded: Promise<OidcAuth> | undefined;
  // A provider that does not answer is asked again the next time.
  const load = () =>
    (loaded ??= loadOidc(context, secret, settings).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
  const provider = { provider: PROVIDER_ID, disableRedirect: true };

  /** Who is signed in, and not connected. */
  async function findAlone(auth: OidcAuth, client: Client): Promise<User | undefined> {
    const session = await auth.api.getSession({ headers: headersOf(client) });
    return session && !(await isConnected(session.user.id)) ? session.user : undefined;
  }

  /** In one transaction, which begins after the provider was asked. `alone`: who may be connected by it. */
  async function take(
    auth: OidcAuth,
    search: string,
    client: Client,
    alone: User | undefined,
    actorOf: (user: User) => Actor,
  ): Promise<Returned> {
    const record = (user: User, action: AuditAction, subject: AuditSubject) =>
      query.transaction().execute((part) => recordEvent(context, actorOf(user), action, subject, part));
    const url = `${origin}/api/v1/auth/callback/${PROVIDER_ID}${search}`;
    const answer = await auth.handler(new Request(url, { headers: headersOf(client) }));
    const cookies = answer.headers.getSetCookie();
    const after = { url: answer.headers.get("location") ?? origin, cookies };
    const session = await auth.api.getSession({ headers: headersOf(client, sentBack(answer.headers)) });
    if (!session) {
      if (alone && (await isConnected(alone.id))) await record(alone, "account.provider_connected", {});
      return { ...after, user: undefined };
    }
    const { id, email, role } = session.user;
    await findOrMakeHome(context, { userId: id, email, isAdmin: role === "admin" });
    await record({ id, email }, "account.login", { target: "provider" });
    return { ...after, user: { id, email } };
  }

  return {
    async begin(path, client) {
      const auth = await load();
      const body = { ...provider, callbackURL: `${origin}${path}`, errorCallbackURL: `${origin}/` };
      const request = { body, headers: headersOf(client, null), returnHeaders: true } as const;
      const { response, headers } = await asSitepodErrors(() => auth.api.signInSocial(request));
      return { url: urlOf(response), cookies: headers.getSetCookie() };
    },
    async beginConnecting(client) {
      const auth = await load();
      const body = { ...provider, callbackURL: `${origin}/security`, errorCallbackURL: `${origin}/security` };
      const request = { body, headers: headersOf(client), returnHeaders: true } as const;
      const { response, headers } = await asSitepodErrors(() => auth.api.linkSocialAccount(request));
      return { url: urlOf(response), cookies: headers.getSetCookie() };
    },
    async finish(search, client, actorOf) {
      const auth = await load();
      const alone = await findAlone(auth, client);
      const finish = () => context.db.together(() => take(auth, search, client, alone, actorOf));
      const isFirst = (await accounts.signUpPolicy()) === "first";
      // Two who come at the same moment must not both be the first.
      return isFirst ? await accounts.inTurn(finish) : await finish();
    },
    isConnected,
    async disconnect(actor) {
      const { userId } = actor;
      const own = await query.selectFrom("account").where("userId", "=", userId).select("providerId").execute();
      const passkey = await query.selectFrom("passkeys").where("user_id", "=", userId).select("id").executeTakeFirst();
      if (!own.some(({ providerId }) => providerId === PROVIDER_ID)) {
        throw new SitepodError("not_found", `Your account is not connected with ${settings.name}.`);
      }
      if (own.every(({ providerId }) => providerId === PROVIDER_ID) && !passkey) {
        throw new SitepodError("conflict", "It is the only way into your account. Set a password first.");
      }
      await query.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom("account")
          .where("userId", "=", userId)
          .where("providerId", "=", PROVIDER_ID)
          .execute();
        await recordEvent(context, actor, "account.provider_disconnected", {}, transaction);
      });
    },
  };

  async function isConnected(userId: string): Promise<boolean> {
    const own = query.selectFrom("account").where("userId", "=", userId);
    return (await own.where("providerId", "=", PROVIDER_ID).select("id").executeTakeFirst()) !== undefined;
  }
}

function urlOf(answer: { readonly url?: string | undefined }): string {
  if (answer.url === undefined) throw new Error("Better Auth has made no address of the provider");
  return answer.url;
}
