import { api } from "#wire";
import type { Context } from "../context.ts";
import { requireWholeAccount } from "../identity/actor.ts";
import { recordEvent } from "../identity/audit.ts";
import { deleteAccount } from "../identity/delete-account.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { createToken, listTokens, revokeShown, revokeToken } from "../identity/tokens.ts";
import { findSite } from "../release/sites.ts";
import { finishSignIn, readClient, refuseOtherOrigins, setCookies } from "./finish-sign-in.ts";
import { addRoute, type Api, z } from "./route.ts";

export function addAccountRoutes(app: Api, context: Context, signIn: SignIn): void {
  const tag = "Accounts";
  const { accounts, limit, places } = signIn;

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
      refuseOtherOrigins(context, request);
      const { email, password } = body;
      const client = readClient(request);
      const isNew = body.action === "register";
      const place = await places.find(email, client);
      const enter = () =>
        isNew ? accounts.register(email, password, client) : accounts.signIn(email, password, body.code, client);
      const signedIn = await limit.attempt(email, client.address, enter, place);
      const action = isNew ? "account.register" : "account.login";
      return await finishSignIn(context, signIn, request, signedIn, { action, tokenName: body.name });
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/logout",
      tag,
      summary: "End the browser's session, or revoke the token that is shown",
      scope: "read",
      answer: api.message,
    },
    async ({ actor, request }) => {
      const shown = request.req.header("authorization");
      if (shown === undefined) setCookies(request, await accounts.signOut(request.req.raw.headers));
      else await revokeShown(context, actor, shown);
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
