import type { Auth } from "better-auth";
import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { createQueue } from "../gate.ts";
import type { Actor, Scope } from "./actor.ts";
import { findWorkspace } from "./workspace.ts";

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

export type SignUpPolicy = "first" | "open" | "closed";

export interface Accounts {
  signUpPolicy(): Promise<SignUpPolicy>;
  /** Throws SitepodError: `forbidden` where sign-up is closed, `conflict` where the e-mail is taken, `invalid`. */
  register(email: string, password: string): Promise<SignedIn>;
  /** Throws SitepodError `unauthorized` where e-mail and password do not match. */
  signIn(email: string, password: string): Promise<SignedIn>;
  /** Registers the first account, unless there is one. */
  ensureFirst(email: string, password: string): Promise<void>;
  endSession(sessionToken: string): Promise<void>;
  /** Ends the session of a browser's cookie; returns the headers that clear it. */
  signOut(headers: Headers): Promise<readonly string[]>;
  findSessionActor(headers: Headers, address: string | null): Promise<Actor | undefined>;
}

export const MIN_PASSWORD_LENGTH = 8;
const ALL_SCOPES: ReadonlySet<Scope> = new Set(["admin"]);

type Identity = Pick<Auth, "api">;

/** Accounts and browser sessions, by Better Auth, which is loaded when the first is asked for. */
export function createAccounts(context: Context, secret: string): Accounts {
  let loading: Promise<Identity> | undefined;
  const identity = () => (loading ??= loadIdentity(context, secret));
  // One at a time: two who register at the same moment must not both be the first.
  const inTurn = <T>(work: () => Promise<T>) => context.inTurn("accounts", work);

  async function signUpPolicy(): Promise<SignUpPolicy> {
    const user = await context.db.query.selectFrom("user").select("id").limit(1).executeTakeFirst();
    if (!user) return "first";
    return context.settings.signUpIsOpen ? "open" : "closed";
  }

  async function register(email: string, password: string): Promise<SignedIn> {
    const policy = await signUpPolicy();
    if (policy === "closed") {
      throw new SitepodError("forbidden", "Sign-up is closed on this server. Ask its administrator for an account.");
    }
    const auth = await identity();
    const body = { email, password, name: email };
    const signedIn = await asSitepodErrors(async () => auth.api.signUpEmail({ body, returnHeaders: true }));
    const { id } = signedIn.response.user;
    await findWorkspace(context, { userId: id, email, isAdmin: policy === "first" });
    return describe(signedIn);
  }

  async function endSession(sessionToken: string): Promise<void> {
    await context.db.query.deleteFrom("session").where("token", "=", sessionToken).execute();
  }

  return {
    signUpPolicy,
    register: (email, password) => inTurn(() => register(email, password)),
    ensureFirst: (email, password) =>
      inTurn(async () => {
        if ((await signUpPolicy()) === "first") await endSession((await register(email, password)).sessionToken);
      }),
    async signIn(email, password) {
      const auth = await identity();
      return describe(
        await asSitepodErrors(async () => auth.api.signInEmail({ body: { email, password }, returnHeaders: true })),
      );
    },
    endSession,
    async signOut(headers) {
      const auth = await identity();
      const answer = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.headers.getSetCookie();
    },
    async findSessionActor(headers, address) {
      const auth = await identity();
      const session = await auth.api.getSession({ headers });
      if (!session) return undefined;
      const { id, email, role } = session.user as { id: string; email: string; role?: string };
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

/** The name of the browser's session cookie. `__Host-` keeps tenants under the same domain from setting it. */
export const sessionCookieName = (isHttps: boolean): string => (isHttps ? "__Host-sitepod" : "sitepod");

async function loadIdentity(context: Context, secret: string): Promise<Identity> {
  const { betterAuth } = await import("better-auth");
  const { isHttps, console: baseURL } = context.addresses;
  // A hash takes 64 MiB and a core for a tenth of a second: one at a time, however many ask.
  const inTurn = createQueue();
  return betterAuth({
    baseURL,
    secret,
    // In a transaction: an account that is cut off has neither a row nor a role. The type says what its columns hold, which
    // is the same in both databases: times as text, truth as a number.
    database: { db: context.db.query, type: "sqlite", transaction: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: 256,
      password: {
        hash: (password: string) => inTurn(() => Bun.password.hash(password, "argon2id")),
        verify: ({ hash, password }: { hash: string; password: string }) =>
          inTurn(() => Bun.password.verify(password, hash)),
      },
    },
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
      cookies: {
        session_token: {
          name: sessionCookieName(isHttps),
          attributes: { secure: isHttps, sameSite: "strict", httpOnly: true, path: "/" },
        },
      },
    },
  }) as unknown as Identity;
}

function describe(signedIn: { headers: Headers; response: { token: string | null; user: User } }): SignedIn {
  const { id, email } = signedIn.response.user;
  return {
    user: { id, email },
    cookies: signedIn.headers.getSetCookie(),
    sessionToken: signedIn.response.token ?? "",
  };
}

/** Better Auth's refusals in our words. What is not a refusal is thrown on. */
async function asSitepodErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { statusCode, body } = error as { statusCode?: number; body?: { code?: string; message?: string } };
    if (statusCode === undefined || statusCode >= 500) throw error;
    if (body?.code?.startsWith("USER_ALREADY_EXISTS")) {
      throw new SitepodError("conflict", "This e-mail address has an account already. Log in with its password.");
    }
    if (statusCode === 401) throw new SitepodError("unauthorized", "E-mail address and password do not match.");
    if (body?.code === "PASSWORD_TOO_SHORT") {
      throw new SitepodError("invalid", `The password is too short: use at least ${MIN_PASSWORD_LENGTH} characters.`);
    }
    throw new SitepodError("invalid", body?.message ?? "The account details were refused.");
  }
}
