import { api } from "#wire";
import type { Context } from "../context.ts";
import { findSite } from "../release/sites.ts";
import { createFreshen } from "../traffic/freshen.ts";
import { readTraffic } from "../traffic/read-traffic.ts";
import { addRoute, type Api } from "./route.ts";
import { byId } from "./site-routes.ts";

export function addTrafficRoutes(app: Api, context: Context): void {
  const freshen = createFreshen(context);

  addRoute(
    app,
    {
      method: "get",
      path: "/projects/{id}/traffic",
      tag: "Sites",
      summary: "What a site was asked for over the last hour, day or month",
      permission: "site:read",
      params: byId,
      query: api.trafficQuery,
      answer: api.traffic,
    },
    async ({ actor, params, query }) => {
      const site = await findSite(context, actor, params.id);
      await freshen();
      return await readTraffic(context, site, query.range, query.environment);
    },
  );
}
