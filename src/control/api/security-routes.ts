import { api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { recordTogether } from "../identity/audit.ts";
import type { AuditAction } from "../identity/audit-actions.ts";
import type { Client } from "../identity/client.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { requireBrowser, setCookies } from "./finish-sign-in.ts";
import { addRoute, type Api, z } from "./route.ts";

const tag = "Sign-in";

/** The ways into one's own account, one-time codes, and the browsers that are signed in. */
export function addSecurityRoutes(app: Api, context: Context, signIn: SignIn): void {
  const { security, passkeys, oidc } = signIn;
  addRoute(
    app,
    {
      method: "get",
      path: "/auth/security",
      tag,
      summary: "The ways into your account",
      permission: "account:read",
      answer: api.security,
    },
    async ({ actor, request }) => {
      requireBrowser(request);
      const name = context.settings.oidc?.name;
      return {
        ...(await security.describe(actor.userId)),
        passkeys: await passkeys.list(actor.userId),
        provider: oidc && name !== undefined ? { name, is_connected: await oidc.isConnected(actor.userId) } : null,
      };
    },
  );
  addCodeRoutes(app, context, signIn);
  addSessionRoutes(app, signIn);
}

function addCodeRoutes(app: Api, context: Context, { security, limit, places }: SignIn): void {
  /** A wrong password, or code, counts like one at the door. */
  const guarded = async <T>(actor: Actor, client: Client, work: () => Promise<T>): Promise<T> =>
    limit.attempt(actor.email, client.address, work, await places.find(actor.email, client));
  const recorded = <T>(actor: Actor, client: Client, action: AuditAction, work: () => Promise<T>): Promise<T> =>
    guarded(actor, client, () => recordTogether(context, work, () => ({ actor, action })));

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/codes",
      tag,
      summary: "Begin to set one-time codes (TOTP) up",
      permission: "account:write",
      body: api.passwordProof,
      answer: api.oneTimeCodesBegun,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      return await guarded(actor, client, () => security.beginCodes(body.password, client));
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/codes/confirm",
      tag,
      summary: "Turn one-time codes on by showing the first",
      permission: "account:write",
      body: api.oneTimeCode,
      answer: api.message,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      const change = () => security.confirmCodes(body.code, client);
      setCookies(request, (await recorded(actor, client, "account.codes_on", change)).cookies);
      return { message: "One-time codes are on." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/codes/off",
      tag,
      summary: "Turn one-time codes off",
      permission: "account:write",
      body: api.passwordProof,
      answer: api.message,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      const change = () => security.endCodes(body.password, client);
      setCookies(request, (await recorded(actor, client, "account.codes_off", change)).cookies);
      return { message: "One-time codes are off." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/codes/recovery",
      tag,
      summary: "Make new recovery codes; the old ones are void",
      permission: "account:write",
      body: api.passwordProof,
      answer: api.recoveryCodes,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      const renew = () => security.renewRecoveryCodes(body.password, client);
      const codes = await recorded(actor, client, "account.recovery_codes", renew);
      return { recovery_codes: codes };
    },
  );
}

function addSessionRoutes(app: Api, { sessions }: SignIn): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/auth/sessions",
      tag,
      summary: "The browsers that are signed in to your account",
      permission: "account:read",
      answer: api.sessionList,
    },
    async ({ actor, request }) => await sessions.list(actor, requireBrowser(request)),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/auth/sessions/{id}",
      tag,
      summary: "Sign a browser out",
      permission: "account:write",
      params: z.object({ id: z.string().max(100) }),
      answer: api.message,
    },
    async ({ actor, params, request }) => {
      requireBrowser(request);
      await sessions.revoke(actor, params.id);
      return { message: "The session has ended." };
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/auth/sessions",
      tag,
      summary: "Sign all other browsers out",
      permission: "account:write",
      answer: api.sessionsRevoked,
    },
    async ({ actor, request }) => {
      const revoked = await sessions.revokeOthers(actor, requireBrowser(request));
      return { message: "All other sessions have ended.", revoked };
    },
  );
}
