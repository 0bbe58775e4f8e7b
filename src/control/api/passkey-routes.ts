import { api } from "#wire";
import type { Context } from "../context.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { finishSignIn, readClient, refuseOtherOrigins, requireBrowser } from "./finish-sign-in.ts";
import { addRoute, type Api, z } from "./route.ts";

/** Passkeys: made, removed, and signed in with. */
export function addPasskeyRoutes(app: Api, context: Context, signIn: SignIn): void {
  const { accounts, limit, passkeys, places, security } = signIn;
  const tag = "Sign-in";

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/passkeys/options",
      tag,
      summary: "What the browser makes a passkey from (WebAuthn)",
      permission: "account:write",
      body: api.passwordProof,
      answer: api.passkeyOptions,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      const prove = () => security.provePassword(actor.userId, body.password, client);
      await limit.attempt(actor.email, client.address, prove, await places.find(actor.email, client));
      return await passkeys.beginRegistration(actor);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/passkeys",
      tag,
      summary: "Keep a passkey that the browser has made",
      permission: "account:write",
      body: api.passkeyRegistration,
      answer: api.passkey,
    },
    async ({ actor, body, request }) => {
      requireBrowser(request);
      return await passkeys.register(actor, body.name, body.response);
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/auth/passkeys/{id}",
      tag,
      summary: "Remove a passkey",
      permission: "account:write",
      params: z.object({ id: z.string().max(100) }),
      answer: api.message,
    },
    async ({ actor, params, request }) => {
      requireBrowser(request);
      await passkeys.remove(actor, params.id);
      return { message: "The passkey is removed." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/passkey/options",
      tag,
      summary: "What a browser asks for a passkey with, to sign in (WebAuthn)",
      permission: "none",
      answer: api.passkeyOptions,
    },
    async ({ request }) => {
      await limit.countRequest(readClient(request).address);
      return await passkeys.beginSignIn();
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/passkey",
      tag,
      summary: "Sign in with a passkey",
      permission: "none",
      body: api.passkeySignIn,
      answer: api.loginResponse,
    },
    async ({ body, request }) => {
      refuseOtherOrigins(context, request);
      const client = readClient(request);
      await limit.countRequest(client.address);
      const userId = await passkeys.signIn(body.response);
      const enter = () => accounts.signInAs(userId, client);
      return await finishSignIn(context, signIn, request, enter, { action: "account.login", target: "passkey" });
    },
  );
}
