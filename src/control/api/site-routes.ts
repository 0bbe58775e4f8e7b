import { api } from "#wire";
import type { Context } from "../context.ts";
import { requireWholeAccount } from "../identity/actor.ts";
import { listEvents } from "../identity/audit.ts";
import { deleteSite } from "../release/delete-site.ts";
import { checkName, findSite, holdSite, listSites } from "../release/sites.ts";
import { describeRetention } from "../retention/site-retention.ts";
import { addRoute, type Api, z } from "./route.ts";

export const byId = z.object({ id: z.string().max(100) });
export const byProject = z.object({ project: z.string().min(1).max(100) });

export function addSiteRoutes(app: Api, context: Context): void {
  const tag = "Sites";

  addRoute(
    app,
    { method: "get", path: "/projects", tag, summary: "List your sites", scope: "read", answer: api.projectList },
    async ({ actor }) => await listSites(context, actor),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/projects/{id}",
      tag,
      summary: "One site",
      scope: "read",
      params: byId,
      answer: api.project,
    },
    async ({ actor, params }) => {
      const site = await findSite(context, actor, params.id);
      const sites = await listSites(context, actor);
      return { ...sites.find(({ id }) => id === site.id)!, retention: await describeRetention(context, site) };
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/projects/{id}",
      tag,
      summary: "Delete a site with all its releases",
      scope: "admin",
      params: byId,
      answer: api.message,
    },
    async ({ actor, params }) => {
      return await holdSite(context, actor, params.id, async (site) => {
        await deleteSite(context, actor, site);
        return { message: `${site.name} is deleted.` };
      });
    },
  );

  for (const path of ["/subdomain/check", "/domains/check"]) {
    addRoute(
      app,
      {
        method: "get",
        path,
        tag,
        summary: "Whether a name is free for a new site; a whole host name will do",
        scope: "none",
        query: z.object({ subdomain: z.string().max(253).optional(), domain: z.string().max(253).optional() }),
        answer: api.availability,
      },
      async ({ query }) => {
        const name = query.subdomain ?? query.domain ?? "";
        const base = `.${context.addresses.domain}`;
        return await checkName(context, name.endsWith(base) ? name.slice(0, -base.length) : name);
      },
    );
  }

  addRoute(
    app,
    {
      method: "get",
      path: "/audit",
      tag,
      summary: "Who changed what, newest first",
      scope: "read",
      query: z.object({
        project: z.string().max(100).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      answer: api.auditList,
    },
    async ({ actor, query }) => {
      if (query.project === undefined) {
        requireWholeAccount(actor);
        return await listEvents(context, actor, undefined, query.limit);
      }
      const site = await findSite(context, actor, query.project);
      return await listEvents(context, actor, site.id, query.limit);
    },
  );
}
