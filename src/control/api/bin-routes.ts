import { SitepodError } from "#model";
import { api } from "#wire";
import type { Context } from "../context.ts";
import type { Actor } from "../identity/actor.ts";
import { deleteSite } from "../release/delete-site.ts";
import { holdAnySite, listDeletedSites } from "../release/deleted-sites.ts";
import { purgeSite } from "../release/purge-site.ts";
import { restoreSite } from "../release/restore-site.ts";
import { holdSite, type Site } from "../release/sites.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byId } from "./site-routes.ts";

/** The routes by which sites are deleted, and come back. */
export function addBinRoutes(app: Api, context: Context): void {
  const tag = "Sites";
  const purge = async (actor: Actor, site: Site) => {
    await purgeSite(context, actor, site);
    return { message: `${site.name} is deleted for good. Its name is free.`, restorable_until: null };
  };

  addRoute(
    app,
    {
      method: "delete",
      path: "/projects/{id}",
      tag,
      summary: "Take a site off the air, and put it into the bin for 7 days",
      permission: "site:delete",
      params: byId,
      query: z.object({
        for_good: z.enum(["true", "false"]).optional().meta({ description: "true: not into the bin; nothing is left" }),
      }),
      answer: api.siteDeleted,
    },
    async ({ actor, params, query }) =>
      await holdSite(context, actor, params.id, (site) =>
        query.for_good === "true" ? purge(actor, site) : deleteSite(context, actor, site),
      ),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/bin",
      tag,
      summary: "List your deleted sites that can be restored, those that go next first",
      permission: "account:read",
      answer: api.bin,
    },
    async ({ actor }) => ({ sites: await listDeletedSites(context, actor) }),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/bin/{id}/restore",
      tag,
      summary: "Take a site out of the bin: it is served again as it was",
      permission: "site:delete",
      params: byId,
      answer: api.siteRestored,
    },
    async ({ actor, params }) =>
      await holdAnySite(context, actor, params.id, (site, deletion) => restoreSite(context, actor, site, deletion)),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/bin/{id}",
      tag,
      summary: "Delete a site that is in the bin for good, with all its releases",
      permission: "site:delete",
      params: byId,
      answer: api.siteDeleted,
    },
    async ({ actor, params }) =>
      await holdAnySite(context, actor, params.id, async (site, deletion) => {
        if (deletion) return await purge(actor, site);
        throw new SitepodError("conflict", `${site.name} is not in the bin. Delete it first.`);
      }),
  );
}
