import { api } from "#wire";
import type { Context } from "../context.ts";
import { checkName, describeSite, findSite, listSites } from "../release/sites.ts";
import { describeRetention } from "../retention/site-retention.ts";
import { addRoute, type Api, z } from "./route.ts";

export const byId = z.object({ id: z.string().max(100) });
export const byProject = z.object({ project: z.string().min(1).max(100) });

export function addSiteRoutes(app: Api, context: Context): void {
  const tag = "Sites";

  addRoute(
    app,
    {
      method: "get",
      path: "/projects",
      tag,
      summary: "List your sites",
      permission: "account:read",
      answer: api.projectList,
    },
    async ({ actor }) => await listSites(context, actor),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/projects/{id}",
      tag,
      summary: "One site",
      permission: "site:read",
      params: byId,
      answer: api.project,
    },
    async ({ actor, params }) => {
      const site = await findSite(context, actor, params.id);
      return { ...(await describeSite(context, actor, site)), retention: await describeRetention(context, site) };
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
        permission: "none",
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
}
