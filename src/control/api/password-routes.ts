import { api } from "#wire";
import type { Context } from "../context.ts";
import { recordTogether } from "../identity/audit.ts";
import { removeSecondFactor } from "../identity/security.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { actorOf, readClient, requireBrowser, setCookies } from "./finish-sign-in.ts";
import { addRoute, type Api } from "./route.ts";

/** Passwords: changed, lost, and set anew by a link. */
export function addPasswordRoutes(
  app: Api,
  context: Context,
  { limit, places, security, passwordReset }: SignIn,
): void {
  const tag = "Sign-in";

  addRoute(
    app,
    {
      method: "put",
      path: "/auth/password",
      tag,
      summary: "Change your password; all other sessions end",
      permission: "account:write",
      body: api.passwordChange,
      answer: api.message,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      const set = () => security.changePassword(actor.userId, body.current_password, body.password, client);
      const change = () => recordTogether(context, set, () => ({ actor, action: "account.password" }));
      const { cookies } = await limit.attempt(
        actor.email,
        client.address,
        change,
        await places.find(actor.email, client),
      );
      setCookies(request, cookies);
      return { message: "The password is changed." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/password/forgot",
      tag,
      summary: "Have a link to a new password mailed",
      permission: "none",
      body: api.forgotRequest,
      answer: api.message,
    },
    async ({ body, request }) => {
      await limit.countRequest(readClient(request).address);
      await limit.countReset(body.email);
      await passwordReset.mail(body.email);
      return { message: `If there is an account with the address ${body.email}, a mail is on its way.` };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/password/reset",
      tag,
      summary: "Set a password by a link's token; all sessions end",
      permission: "none",
      body: api.resetRequest,
      answer: api.message,
    },
    async ({ body, request }) => {
      const { address } = readClient(request);
      await limit.countRequest(address);
      const reset = () => passwordReset.reset(body.token, body.password);
      await recordTogether(context, reset, (user) => ({
        actor: actorOf(user, address),
        action: "account.password",
        subject: { target: "link" },
      }));
      return { message: "The password is set. Log in with it." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/password/reset-link",
      tag,
      summary: "Make a link to a new password, to hand to its owner (administrators)",
      permission: "server:operate",
      body: api.resetLinkRequest,
      answer: api.resetLink,
    },
    async ({ actor: operator, body }) => {
      const told = { actor: operator, action: "account.reset_link", subject: { target: body.email } } as const;
      const make = () => passwordReset.makeLink(body.email);
      return await context.db.together(async () => {
        const link = await recordTogether(context, make, () => told);
        if (body.remove_second_factor) await removeSecondFactor(context, operator, body.email);
        return link;
      });
    },
  );
}
