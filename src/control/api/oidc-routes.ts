import { SitepodError } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import type { Oidc } from "../identity/oidc.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { actorOf, readClient, refuseOtherOrigins, requireBrowser, setCookies } from "./finish-sign-in.ts";
import { addRoute, type Api } from "./route.ts";

/** Sign-in by the server's OpenID Connect provider. */
export function addOidcRoutes(app: Api, context: Context, { oidc, places, limit }: SignIn): void {
  const tag = "Sign-in";
  const required = (): Oidc => {
    if (oidc) return oidc;
    throw new SitepodError("not_found", "This server has no provider to sign in by.");
  };

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/oidc",
      tag,
      summary: "Begin to sign in by the server's provider (OpenID Connect)",
      permission: "none",
      body: api.redirectRequest,
      answer: api.redirect,
    },
    async ({ body, request }) => {
      refuseOtherOrigins(context, request);
      const client = readClient(request);
      await limit.countRequest(client.address);
      const { url, cookies } = await required().begin(body.return_to ?? "/", client);
      setCookies(request, cookies);
      return { url };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/oidc/connect",
      tag,
      summary: "Begin to connect your account with the provider's",
      permission: "account:write",
      body: api.redirectRequest,
      answer: api.redirect,
    },
    async ({ request }) => {
      const { url, cookies } = await required().beginConnecting(requireBrowser(request));
      setCookies(request, cookies);
      return { url };
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/auth/oidc/connect",
      tag,
      summary: "Disconnect your account from the provider's",
      permission: "account:write",
      answer: api.message,
    },
    async ({ actor, request }) => {
      requireBrowser(request);
      await required().disconnect(actor);
      return { message: "Your account is disconnected from the provider's." };
    },
  );

  // The provider sends the browser here: what it gets is no message but the way on.
  app.get("/auth/callback/oidc", async (request) => {
    const client = readClient(request);
    const { user, url, cookies } = await required().finish(new URL(request.req.url).search, client, (found) =>
      actorOf(found, client.address),
    );
    setCookies(request, cookies);
    if (user) setCookies(request, await places.remember(user.id, client));
    request.header("cache-control", "no-store");
    return request.redirect(url, 302);
  });
}
