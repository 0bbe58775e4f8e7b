import { SitepodError } from "#model";
import type { Api } from "#wire";
import type { Context } from "../context.ts";
import type { SignedIn, User } from "../identity/accounts.ts";
import type { Actor } from "../identity/actor.ts";
import { recordTogether } from "../identity/audit.ts";
import { requireSameOrigin } from "../identity/authenticate.ts";
import { type Client, clientOf } from "../identity/client.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { createLoginToken } from "../identity/tokens.ts";
import type { ApiRequest } from "./route.ts";

/** A browser that logs in asks for a cookie by this header; a program gets a token. */
const SESSION_HEADER = "x-sitepod-session";

/** How somebody has signed in. */
interface Way {
  readonly action: "account.register" | "account.login";
  /** What proved who it is, where it was no password. */
  readonly target?: string;
  readonly tokenName?: string | undefined;
}

/**
 * Signs somebody in, records it, and gives a browser its session's cookie, and a program a token of its own: all of it, or
 * nothing.
 */
export async function finishSignIn(
  context: Context,
  { accounts, places }: Pick<SignIn, "accounts" | "places">,
  request: ApiRequest,
  enter: () => Promise<SignedIn>,
  { action, target, tokenName }: Way,
): Promise<Api.LoginResponse> {
  const client = readClient(request);
  const isBrowser = wantsCookie(request);
  const work = async () => {
    const signedIn = await enter();
    const known = await places.remember(signedIn.user.id, client);
    const token = isBrowser ? "" : await giveToken(context, accounts, request, signedIn, tokenName);
    return { user: signedIn.user, cookies: [...signedIn.cookies, ...known], token };
  };
  const { user, cookies, token } = await recordTogether(context, work, ({ user }) => ({
    actor: actorOf(user, client.address),
    action,
    subject: target === undefined ? {} : { target },
  }));
  if (isBrowser) setCookies(request, cookies);
  const created = action === "account.register";
  return {
    token,
    user_id: user.id,
    email: user.email,
    created,
    message: created ? "Account created." : "Logged in.",
  };
}

const wantsCookie = (request: ApiRequest): boolean => request.req.header(SESSION_HEADER) === "cookie";

/** A page of a tenant's must not sign its visitors in here. Throws SitepodError `forbidden`. */
export function refuseOtherOrigins(context: Context, request: ApiRequest): void {
  if (request.req.header("origin") !== undefined) requireSameOrigin(context, request.req.raw);
}

/** Throws SitepodError `forbidden` where a token asks: the ways into an account are its owner's, in a browser. */
export function requireBrowser(request: ApiRequest): Client {
  if (request.req.header("authorization") === undefined) return readClient(request);
  throw new SitepodError("forbidden", "A token may not do that. Sign in to the console.");
}

export const readClient = (request: ApiRequest): Client => clientOf(request.req.raw, request.env.address);

export function setCookies(request: ApiRequest, cookies: readonly string[]): void {
  for (const cookie of cookies) request.header("set-cookie", cookie, { append: true });
}

async function giveToken(
  context: Context,
  accounts: SignIn["accounts"],
  request: ApiRequest,
  signedIn: SignedIn,
  tokenName: string | undefined,
): Promise<string> {
  // For a token no session is kept.
  await accounts.endSession(signedIn.sessionToken);
  const name = tokenName ?? request.req.header("user-agent")?.slice(0, 100) ?? "login";
  return (await createLoginToken(context, signedIn.user.id, name)).token;
}

/** Stands for who has just signed in, in the audit log. */
export const actorOf = (user: User, address: string | null): Actor => ({
  userId: user.id,
  email: user.email,
  isAdmin: false,
  scopes: new Set(),
  siteId: null,
  tokenName: null,
  address,
});
