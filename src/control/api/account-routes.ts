import { SitepodError } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { deleteAccount } from "../identity/delete-account.ts";
import { invitationForNew } from "../identity/invitations.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { revokeShown } from "../identity/tokens.ts";
import { actorOf, finishSignIn, readClient, refuseOtherOrigins, setCookies } from "./finish-sign-in.ts";
import { addRoute, type Api } from "./route.ts";

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
      permission: "none",
      body: api.loginRequest,
      answer: api.loginResponse,
    },
    async ({ body, request }) => {
      refuseOtherOrigins(context, request);
      const { email, password } = body;
      const client = readClient(request);
      const isNew = body.action === "register";
      const place = await places.find(email, client);
      const invitation =
        body.invitation === undefined
          ? undefined
          : invitationForNew(context, body.invitation, email, (user) => actorOf(user, client.address));
      const enter = () =>
        isNew
          ? accounts.register(email, password, client, invitation)
          : accounts.signIn(email, password, body.code, client);
      const way = { action: isNew ? "account.register" : "account.login", tokenName: body.name } as const;
      const finish = () => finishSignIn(context, signIn, request, enter, way);
      return await limit.attempt(email, client.address, () => (isNew ? accounts.inTurn(finish) : finish()), place);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/logout",
      tag,
      summary: "End the browser's session, or revoke the token that is shown",
      permission: "account:read",
      answer: api.message,
    },
    async ({ actor, request }) => {
      if (actor.tokenId === undefined) setCookies(request, await accounts.signOut(request.req.raw.headers));
      else await revokeShown(context, actor, actor.tokenId);
      return { message: "Logged out." };
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/auth/info",
      tag,
      summary: "Who is logged in",
      permission: "account:read",
      answer: api.authInfo,
    },
    async ({ actor }) => describeActor(actor),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/auth/session",
      tag,
      summary: "Who is logged in, where a browser may find that nobody is",
      permission: "none",
      answer: api.currentUser,
    },
    async ({ request }) => {
      const actor = await request.env.findActor().catch(nobodyWhereUnauthorized);
      return { user: actor ? describeActor(actor) : null };
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/account",
      tag,
      summary: "Delete the account for good, with the workspaces that nobody else is in and their sites",
      permission: "account:write",
      answer: api.accountDeleted,
    },
    async ({ actor }) => {
      const deleted = await deleteAccount(context, actor);
      return { message: "The account and its sites are deleted.", deleted_projects: deleted };
    },
  );
}

const describeActor = (actor: Actor) => ({
  id: actor.userId,
  email: actor.email,
  is_admin: actor.isAdmin,
  is_anonymous: false,
  scopes: [...actor.scopes],
});

function nobodyWhereUnauthorized(error: unknown): undefined {
  if (!(error instanceof SitepodError) || error.code !== "unauthorized") throw error;
}
