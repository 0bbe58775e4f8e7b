import { api } from "#wire";
import { createAccessLink, listAccess, setAccess, targetOf } from "../access/protect.ts";
import type { Context } from "../context.ts";
import { requireEnvironment } from "../identity/actor.ts";
import { findSite, holdSite } from "../release/sites.ts";
import { addRoute, type Api } from "./route.ts";
import { byProject } from "./site-routes.ts";

export function addAccessRoutes(app: Api, context: Context): void {
  const tag = "Protection";

  addRoute(
    app,
    {
      method: "get",
      path: "/access",
      tag,
      summary: "What of a site asks for a password",
      permission: "site:read",
      query: byProject,
      answer: api.accessList,
    },
    async ({ actor, query }) => await listAccess(context, await findSite(context, actor, query.project)),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/access",
      tag,
      summary: "Protect an environment or a preview, or open it",
      permission: "site:write",
      body: api.accessRequest,
      answer: api.accessState,
    },
    async ({ actor, body }) => {
      const target = targetOf(body);
      return await holdSite(context, actor, body.project, (site) =>
        setAccess(context, actor, site, target, body.password),
      );
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/access/link",
      tag,
      summary: "Make a link that opens a protected environment or preview for a time",
      permission: "site:deploy",
      body: api.accessLinkRequest,
      answer: api.accessLink,
    },
    async ({ actor, body }) => {
      const site = await findSite(context, actor, body.project);
      if (body.environment !== undefined) requireEnvironment(actor, body.environment);
      return await createAccessLink(context, actor, site, targetOf(body), body.expires_in);
    },
  );
}
