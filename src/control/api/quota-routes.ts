import { api } from "#wire";
import type { Context } from "../context.ts";
import { requireAllSites } from "../identity/actor.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { listQuotas, readQuota, setQuota } from "../quota/quotas.ts";
import type { RequestLimit } from "../quota/request-limit.ts";
import { readSiteUsage } from "../quota/site-usage.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byWorkspace } from "./workspace-routes.ts";

export function addQuotaRoutes(app: Api, context: Context, limit: Pick<RequestLimit, "forget">): void {
  const tag = "Quotas";

  addRoute(
    app,
    {
      method: "get",
      path: "/quota",
      tag,
      summary: "What your workspace may have, and how much it has",
      permission: "account:read",
      answer: api.quota,
    },
    async ({ actor }) => await readQuota(context, actor),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/usage",
      tag,
      summary: "What each site of a workspace has released, and what of that had to be sent",
      permission: "workspace:read",
      params: byWorkspace,
      answer: api.workspaceUsage,
    },
    async ({ actor, params }) => {
      requireAllSites(actor);
      const { id } = await findWorkspace(context, actor, params.workspace);
      return await readSiteUsage(context, actor, id);
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/quotas",
      tag,
      summary: "What each workspace may have and has, and all together (administrators)",
      permission: "server:operate",
      answer: api.quotaList,
    },
    async () => await listQuotas(context),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/quotas/{workspace}",
      tag,
      summary: "Set what a workspace may have, named by its id or its owner's e-mail address (administrators)",
      permission: "server:operate",
      params: z.object({ workspace: z.string().max(254) }),
      body: api.quotaRequest,
      answer: api.quota,
    },
    async ({ actor, params, body }) => {
      const quota = await setQuota(context, actor, params.workspace, body);
      limit.forget();
      return quota;
    },
  );
}
