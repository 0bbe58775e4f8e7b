import { api } from "#wire";
import type { Context } from "../context.ts";
import { type Accounts, type SignedIn } from "../identity/accounts.ts";
import { type Actor, requireWholeAccount } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { deleteAccount } from "../identity/delete-account.ts";
import type { LoginLimit } from "../identity/login-limit.ts";
import { createToken, listTokens, revokeToken } from "../identity/tokens.ts";
import { findSite } from "../release/sites.ts";
import { addRoute, type Api, type ApiRequest, z } from "./route.ts";

/** A browser that logs in asks for a cookie by this header; a program gets a token. */
const SESSION_HEADER = "x-sitepod-session";

export function addAccountRoutes(app: Api, context: Context, accounts: Accounts, limit: LoginLimit): void {
  const tag = "Accounts";

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/login",
      tag,
      summary: "Log in, or register",
      scope: "none",
      body: api.loginRequest,
      answer: api.loginResponse,
    },
    async ({ body, request }) => {
      const { address } = request.env;
      const created = body.action === "register";
      const signedIn = await limit.attempt(body.email, address, () =>
        created ? accounts.register(body.email, body.password) : accounts.signIn(body.email, body.password),
      );
      await recordEvent(context, actorOf(signedIn, address), created ? "account.register" : "account.login");
      const token = await giveAccess(context, accounts, request, signedIn, body.name);
      return {
        token,
        user_id: signedIn.user.id,
        email: signedIn.user.email,
        created,
        message: created ? "Account created." : "Logged in.",
      };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/logout",
      tag,
      summary: "End the browser's session",
      scope: "read",
      answer: api.message,
    },
    async ({ request }) => {
      for (const cookie of await accounts.signOut(request.req.raw.headers)) {
        request.header("set-cookie", cookie, { append: true });
      }
      return { message: "Logged out." };
    },
  );

  addRoute(
    app,
    { method: "get", path: "/auth/info", tag, summary: "Who is logged in", scope: "read", answer: api.authInfo },
    async ({ actor }) => ({
      id: actor.userId,
      email: actor.email,
      is_admin: actor.isAdmin,
      is_anonymous: false,
      scopes: [...actor.scopes],
    }),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/account",
      tag,
      summary: "Delete the account with its sites",
      scope: "admin",
      answer: api.accountDeleted,
    },
    async ({ actor }) => {
      requireWholeAccount(actor);
      const deleted = await deleteAccount(context, actor);
      return { message: "The account and its sites are deleted.", deleted_projects: deleted };
    },
  );
}

export function addTokenRoutes(app: Api, context: Context): void {
  const tag = "Tokens";

  addRoute(
    app,
    { method: "get", path: "/tokens", tag, summary: "List your tokens", scope: "admin", answer: api.tokenList },
    async ({ actor }) => {
      requireWholeAccount(actor);
      return await listTokens(context, actor);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/tokens",
      tag,
      summary: "Create a token; its text is shown this once",
      scope: "admin",
      body: api.tokenRequest,
      answer: api.tokenCreated,
    },
    async ({ actor, body }) => {
      requireWholeAccount(actor);
      const site = body.project === undefined ? undefined : await findSite(context, actor, body.project);
      const token = await createToken(context, {
        userId: actor.userId,
        name: body.name,
        scopes: body.scopes,
        site,
        expiresInS: body.expires_in,
      });
      await recordEvent(context, actor, "token.create", { target: body.name, ...(site ? { site } : {}) });
      return token;
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/tokens/{id}",
      tag,
      summary: "Revoke a token, by its id or name",
      scope: "admin",
      params: z.object({ id: z.string().max(100) }),
      answer: api.message,
    },
    async ({ actor, params }) => {
      requireWholeAccount(actor);
      await revokeToken(context, actor, params.id);
      return { message: "The token is revoked." };
    },
  );
}

/** Gives a browser its session's cookie, and a program a token of its own, for which no session is kept. */
async function giveAccess(
  context: Context,
  accounts: Accounts,
  request: ApiRequest,
  signedIn: SignedIn,
  tokenName: string | undefined,
): Promise<string> {
  if (request.req.header(SESSION_HEADER) === "cookie") {
    for (const cookie of signedIn.cookies) request.header("set-cookie", cookie, { append: true });
    return "";
  }
  await accounts.endSession(signedIn.sessionToken);
  const name = tokenName ?? request.req.header("user-agent")?.slice(0, 100) ?? "login";
  const { token } = await createToken(context, { userId: signedIn.user.id, name, scopes: ["admin"] });
  return token;
}

const actorOf = ({ user }: SignedIn, address: string | null): Actor => ({
  userId: user.id,
  email: user.email,
  isAdmin: false,
  scopes: new Set(),
  siteId: null,
  tokenName: null,
  address,
});
