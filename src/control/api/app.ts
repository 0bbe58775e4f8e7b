import { OpenAPIHono } from "@hono/zod-openapi";
import { matchedRoutes } from "hono/route";
import { SitepodError } from "#model";
import type { Context } from "../context.ts";
import { authenticate } from "../identity/authenticate.ts";
import { findOperator } from "../identity/operator.ts";
import type { SignIn } from "../identity/sign-in.ts";
import { createRequestLimit } from "../quota/request-limit.ts";
import type { Watched } from "../watched.ts";
import type { Seal } from "../webhooks/seal.ts";
import { addAccessRoutes } from "./access-routes.ts";
import { addAccountRoutes } from "./account-routes.ts";
import { addArchiveRoutes } from "./archive-routes.ts";
import { addAuditRoutes } from "./audit-routes.ts";
import { addBinRoutes } from "./bin-routes.ts";
import { addContentRoutes } from "./content-routes.ts";
import { addDeviceRoutes } from "./device-routes.ts";
import { addDomainRoutes } from "./domain-routes.ts";
import { findAllowedMethods } from "./allowed-methods.ts";
import { createErrorAnswers } from "./errors.ts";
import { addOidcRoutes } from "./oidc-routes.ts";
import { addPasskeyRoutes } from "./passkey-routes.ts";
import { addPasswordRoutes } from "./password-routes.ts";
import { addQuotaRoutes } from "./quota-routes.ts";
import { createReferencePage } from "./reference-page.ts";
import { describeRequestSpan, inRequestSpan } from "./request-span.ts";
import { addDeployRoutes, addHistoryRoutes, addPointerRoutes } from "./release-routes.ts";
import { addLiveRoutes } from "./live-routes.ts";
import { addGarbageRoutes, addRetentionRoutes } from "./retention-routes.ts";
import type { Api, Caller } from "./route.ts";
import { addSecurityRoutes } from "./security-routes.ts";
import { addServerRoutes } from "./server-routes.ts";
import { addGuardRoutes } from "./guard-routes.ts";
import { addInvitationRoutes } from "./invitation-routes.ts";
import { addMemberRoutes } from "./member-routes.ts";
import { addSiteRoutes } from "./site-routes.ts";
import { addTokenRoutes } from "./token-routes.ts";
import { addTrafficRoutes } from "./traffic-routes.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";
import { addWorkspaceRoutes } from "./workspace-routes.ts";

const BASE = "/api/v1";
/** Stands for all that clients make up. */
const NO_ROUTE = { method: "other", path: "none" };

/** Makes the HTTP API: `(request, address of the client) => response`. */
export function createApi(context: Context, signIn: SignIn, seal: Seal, watched: Watched) {
  const app: Api = new OpenAPIHono<{ Bindings: Caller }>().basePath(BASE);
  app.use((request, next) =>
    inRequestSpan(request.req.raw, async (span) => {
      const startMs = performance.now();
      await next();
      const { method, path } = matchedRoutes(request).findLast((route) => route.method !== "ALL") ?? NO_ROUTE;
      const answered = { method, route: path, status: request.res.status };
      context.activity.countRequest(answered, performance.now() - startMs);
      describeRequestSpan(span, answered);
    }),
  );
  addServerRoutes(app, context, signIn.accounts, watched);
  addGarbageRoutes(app, context);
  addAccountRoutes(app, context, signIn);
  addPasswordRoutes(app, context, signIn);
  addSecurityRoutes(app, context, signIn);
  addPasskeyRoutes(app, context, signIn);
  addDeviceRoutes(app, context, signIn);
  addOidcRoutes(app, context, signIn);
  addWorkspaceRoutes(app, context);
  addMemberRoutes(app, context);
  addInvitationRoutes(app, context);
  addTokenRoutes(app, context);
  addWebhookRoutes(app, context, seal);
  addAuditRoutes(app, context);
  addSiteRoutes(app, context);
  addBinRoutes(app, context);
  addRetentionRoutes(app, context);
  addTrafficRoutes(app, context);
  addDeployRoutes(app, context);
  addPointerRoutes(app, context);
  addAccessRoutes(app, context);
  addGuardRoutes(app, context);
  addHistoryRoutes(app, context);
  addContentRoutes(app, context);
  addLiveRoutes(app, context);
  addDomainRoutes(app, context);
  addArchiveRoutes(app, context);
  const requestLimit = createRequestLimit(context);
  addQuotaRoutes(app, context, requestLimit);

  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  let kept: ReturnType<typeof app.getOpenAPI31Document> | undefined;
  // Made once: it takes ten milliseconds, and anybody may ask for it.
  const document = () =>
    (kept ??= app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "SitePod",
        version: context.settings.version,
        description: "Release websites on your own machines.",
      },
      servers: [{ url: context.addresses.console }],
    }));
  app.get("/openapi.json", (request) => request.json(document()));
  const referencePage = createReferencePage(document);
  const answerError = createErrorAnswers(context.log, context.nowMs);
  app.notFound((request) => {
    const { method, path } = request.req;
    const allowed = findAllowedMethods(routes, path);
    if (allowed.length === 0) {
      return answerError(new SitepodError("not_found", `There is no ${method} ${path}. See /api/docs.`));
    }
    const refusal = new SitepodError("method_not_allowed", `${path} does not take ${method}. See /api/docs.`);
    const answer = answerError(refusal);
    answer.headers.set("allow", allowed.join(", "));
    return answer;
  });
  app.onError((error, { env }) => answerError(error, env.requestId));
  // What looks at every request is no route.
  const routes = app.routes.filter((route) => route.method !== "ALL");

  return async (request: Request, address: string | null, requestId?: string): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/docs") return await referencePage();
    let actor: ReturnType<typeof authenticate> | undefined;
    const findActor = () => (actor ??= authenticate(context, signIn.accounts, request, address));
    const caller: Caller = {
      address,
      requestId,
      countRequest: requestLimit.count,
      findActor,
      findOperator: () => findOperator(context, request.headers, address, findActor),
    };
    return await app.fetch(request, caller);
  };
}
