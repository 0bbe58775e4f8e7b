import { api } from "#wire";
import type { Context } from "../context.ts";
import { holdSite } from "../release/sites.ts";
import { planCollection } from "../retention/collect-garbage.ts";
import { collectByHand } from "../retention/by-hand.ts";
import { readGarbageState } from "../retention/garbage-run.ts";
import { setRetention } from "../retention/site-retention.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byId } from "./site-routes.ts";

export function addRetentionRoutes(app: Api, context: Context): void {
  const tag = "Sites";

  addRoute(
    app,
    {
      method: "put",
      path: "/projects/{id}/retention",
      tag,
      summary: "Say which releases of a site are kept. Others go when garbage is collected",
      permission: "site:write",
      params: byId,
      body: api.retentionRequest,
      answer: api.retention,
    },
    async ({ actor, params, body }) => {
      const retention = { releases: body.keep_releases ?? null, days: body.keep_days ?? null };
      return await holdSite(context, actor, params.id, (site) => setRetention(context, actor, site, retention));
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/projects/{id}/retention",
      tag,
      summary: "Have releases of a site kept as the server says",
      permission: "site:write",
      params: byId,
      answer: api.retention,
    },
    async ({ actor, params }) =>
      await holdSite(context, actor, params.id, (site) => setRetention(context, actor, site, undefined)),
  );
}

export function addGarbageRoutes(app: Api, context: Context): void {
  const tag = "Server";

  addRoute(
    app,
    {
      method: "post",
      path: "/gc",
      tag,
      summary: "Remove releases that are not kept, and contents that nothing names (administrators)",
      permission: "server:operate",
      query: z.object({
        dry_run: z.enum(["true", "false"]).optional().meta({ description: "true: tell what would go, remove nothing" }),
      }),
      answer: api.collected,
    },
    async ({ actor: operator, query }) => {
      if (query.dry_run === "true") return await planCollection(context);
      return await collectByHand(context, operator);
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/gc",
      tag,
      summary: "How far the removing is, or how it last ended (administrators)",
      permission: "server:operate",
      answer: api.garbageState,
    },
    async () => await readGarbageState(context),
  );
}
