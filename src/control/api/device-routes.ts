import { api } from "#wire";
import type { Context } from "../context.ts";
import { recordTogether } from "../identity/audit.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { createLoginToken } from "../identity/tokens.ts";
import { readClient, requireBrowser } from "./finish-sign-in.ts";
import { addRoute, type Api } from "./route.ts";

/** Programs that are let in by a browser, as RFC 8628 has it, in JSON. */
export function addDeviceRoutes(app: Api, context: Context, { devices, limit }: SignIn): void {
  const tag = "Sign-in";

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/device",
      tag,
      summary: "Begin to log a program in by a browser (RFC 8628)",
      permission: "none",
      body: api.deviceCodeRequest,
      answer: api.deviceCode,
    },
    async ({ body, request }) => {
      const { address } = readClient(request);
      await limit.countRequest(address);
      return await devices.begin(body.name, address);
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/device/token",
      tag,
      summary: "Ask whether the program was let in; answers with its token once",
      permission: "none",
      body: api.deviceTokenRequest,
      answer: api.loginResponse,
    },
    async ({ body }) => {
      const { userId, name } = await devices.redeem(body.device_code);
      const { email } = await context.db.query
        .selectFrom("user")
        .where("id", "=", userId)
        .select("email")
        .executeTakeFirstOrThrow();
      const { token } = await createLoginToken(context, userId, name);
      return { token, user_id: userId, email, created: false, message: "Logged in." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/auth/device/find",
      tag,
      summary: "What waits under a code",
      permission: "account:write",
      body: api.userCode,
      answer: api.deviceRequest,
    },
    async ({ actor, body, request }) => {
      const client = requireBrowser(request);
      await limit.countCode(actor.userId);
      return await devices.find(body.user_code, client);
    },
  );

  for (const decision of ["approve", "deny"] as const) {
    addRoute(
      app,
      {
        method: "post",
        path: `/auth/device/${decision}`,
        tag,
        summary: decision === "approve" ? "Let a waiting program into your account" : "Refuse a waiting program",
        permission: "account:write",
        body: api.userCode,
        answer: api.message,
      },
      async ({ actor, body, request }) => {
        const client = requireBrowser(request);
        await limit.countCode(actor.userId);
        const { name } = await devices.find(body.user_code, client);
        const told = { actor, action: `account.device_${decision}`, subject: { target: name } } as const;
        await recordTogether(
          context,
          () => devices.decide(body.user_code, decision, client),
          () => told,
        );
        return { message: decision === "approve" ? "The program is let in." : "The program is refused." };
      },
    );
  }
}
