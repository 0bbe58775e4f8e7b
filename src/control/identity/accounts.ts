import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import type { Actor, Scope } from "./actor.ts";
import { type BetterAuth, type Identity, sessionCookieName } from "./better-auth.ts";
import { type Client, headersOf, sentBack } from "./client.ts";
import type { LoginLimit } from "./login-limit.ts";
import { asSitepodErrors } from "./refusals.ts";
import { findOrMakeHome } from "./workspace.ts";

export interface User {
  readonly id: string;
  readonly email: string;
}

export interface SignedIn {
  readonly user: User;
  /** The headers that set the browser's session cookie. */
  readonly cookies: readonly string[];
  /** Names the session, to end it where no browser wants it. */
  readonly sessionToken: string;
}

/** An invitation by which somebody registers, in a turn in which nobody else does. */
export interface InvitationForNew {
  /** Throws SitepodError where it cannot be accepted, before there is an account. */
  require(): Promise<void>;
  accept(user: User): Promise<void>;
}

export type SignUpPolicy = "first" | "open" | "closed";

export interface Accounts {
  signUpPolicy(): Promise<SignUpPolicy>;
  /** Runs work while nobody registers elsewhere. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /**
   * To be called in turn. Throws SitepodError: `forbidden` where sign-up is closed and no invitation was given, `conflict` where the e-mail is
   * taken, `invalid`, and what the invitation throws.
   */
  register(email: string, password: string, client: Client, invitation?: InvitationForNew): Promise<SignedIn>;
  /**
   * `code` is what the account's app shows now, or a recovery code. Throws SitepodError: `unauthorized` where e-mail and
   * password, or the code, do not match, `second_factor_required` where the account wants a code and there is none.
   */
  signIn(email: string, password: string, code: string | undefined, client: Client): Promise<SignedIn>;
  /** Signs in an account that has proved itself in another way. */
  signInAs(userId: string, client: Client): Promise<SignedIn>;
  /** Registers the first account, unless there is one. */
  ensureFirst(email: string, password: string): Promise<void>;
  endSession(sessionToken: string): Promise<void>;
  /** Ends the session of a browser's cookie; returns the headers that clear it. */
  signOut(headers: Headers): Promise<readonly string[]>;
  findSessionActor(headers: Headers, address: string | null): Promise<Actor | undefined>;
}

const ALL_SCOPES: ReadonlySet<Scope> = new Set(["admin"]);
const NO_CLIENT: Client = { address: null, userAgent: null, cookie: null };
const ONE_TIME_CODE = /^\d{6}$/;

/** Accounts and browser sessions, by Better Auth. */
export function createAccounts(context: Context, identity: Identity, limit: LoginLimit): Accounts {
  // One at a time: two who register at the same moment must not both be the first.
  const inTurn = <T>(work: () => Promise<T>) => context.inTurn("accounts", work);

  async function signUpPolicy(): Promise<SignUpPolicy> {
    const user = await context.db.query.selectFrom("user").select("id").limit(1).executeTakeFirst();
    if (!user) return "first";
    return context.settings.signUpIsOpen ? "open" : "closed";
  }

  async function register(
    email: string,
    password: string,
    client: Client,
    invitation?: InvitationForNew,
  ): Promise<SignedIn> {
    const policy = await signUpPolicy();
    await invitation?.require();
    if (policy === "closed" && !invitation) {
      throw new SitepodError("forbidden", "Sign-up is closed on this server. Ask its administrator for an account.");
    }
    const auth = await identity();
    const body = { email, password, name: email };
    const headers = headersOf(client, null);
    const signedIn = await asSitepodErrors(() => auth.api.signUpEmail({ body, headers, returnHeaders: true }));
    const { id } = signedIn.response.user;
    await findOrMakeHome(context, { userId: id, email, isAdmin: policy === "first" });
    await invitation?.accept(signedIn.response.user);
    return describe(signedIn);
  }

  async function endSession(sessionToken: string): Promise<void> {
    await context.db.query.deleteFrom("session").where("token", "=", sessionToken).execute();
  }

  return {
    signUpPolicy,
    inTurn,
    register,
    ensureFirst: (email, password) =>
      inTurn(() =>
        context.db.together(async () => {
          if ((await signUpPolicy()) !== "first") return;
          await endSession((await register(email, password, NO_CLIENT)).sessionToken);
        }),
      ),
    async signIn(email, password, code, client) {
      const auth = await identity();
      const headers = headersOf(client, null);
      const first = await asSitepodErrors(() =>
        auth.api.signInEmail({ body: { email, password }, headers, returnHeaders: true }),
      );
      if (!("twoFactorRedirect" in first.response)) return describe(first);
      if (code === undefined) {
        throw new SitepodError(
          "second_factor_required",
          "This account wants a code as well: a one-time or a recovery code.",
        );
      }
      return describe(await proveSecond(auth, limit, email, code, headersOf(client, sentBack(first.headers))));
    },
    async signInAs(userId, client) {
      const auth = await identity();
      const headers = headersOf(client, null);
      return describe(await auth.api.grantSession({ body: { userId }, headers, returnHeaders: true }));
    },
    endSession,
    async signOut(headers) {
      const auth = await identity();
      const answer = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.headers.getSetCookie();
    },
    async findSessionActor(headers, address) {
      if (!headers.get("cookie")?.includes(`${sessionCookieName(context.addresses.isHttps)}=`)) return undefined;
      const auth = await identity();
      const session = await auth.api.getSession({ headers });
      if (!session) return undefined;
      const { id, email, role } = session.user;
      return {
        userId: id,
        email,
        isAdmin: role === "admin",
        scopes: ALL_SCOPES,
        siteId: null,
        tokenName: null,
        address,
      };
    },
  };
}

/** Shows the second factor of a sign-in that has begun; its cookies are in the headers. */
async function proveSecond(auth: BetterAuth, limit: LoginLimit, email: string, typed: string, headers: Headers) {
  const code = typed.replaceAll(/\s/g, "");
  const request = { body: { code }, headers, returnHeaders: true } as const;
  if (!ONE_TIME_CODE.test(code)) return await asSitepodErrors(() => auth.api.verifyBackupCode(request));
  await limit.useOneTimeCode(email.toLowerCase(), code);
  return await asSitepodErrors(() => auth.api.verifyTOTP(request));
}

interface Answered {
  readonly headers: Headers;
  readonly response: { readonly token?: string | null | undefined; readonly user: User };
}

function describe(signedIn: Answered): SignedIn {
  const { id, email } = signedIn.response.user;
  return {
    user: { id, email },
    cookies: signedIn.headers.getSetCookie(),
    sessionToken: signedIn.response.token ?? "",
  };
}
