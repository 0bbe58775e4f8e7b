import { api } from "#wire";
import type { Context } from "../context.ts";
import { approve, findApproval, listApprovals, refuse } from "../guard/approvals.ts";
import { listGuards, setGuard } from "../guard/guards.ts";
import { findSite, holdSite } from "../release/sites.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byProject } from "./site-routes.ts";

const tag = "Approvals";
const byId = z.object({ id: z.string().max(100) });

export function addGuardRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/guards",
      tag,
      summary: "What stands before a site's environments",
      permission: "site:read",
      query: byProject,
      answer: api.guardList,
    },
    async ({ actor, query }) => await listGuards(context, await findSite(context, actor, query.project)),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/guards",
      tag,
      summary: "Have releases to an environment approved by another member, lock it, or let it go",
      permission: "guard:write",
      body: api.guardRequest,
      answer: api.guard,
    },
    async ({ actor, body }) =>
      await holdSite(context, actor, body.project, (site) =>
        setGuard(context, actor, site, body.environment, body.guard),
      ),
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/approvals",
      tag,
      summary: "What waits for an approval, newest first: of a site, or of all sites",
      permission: "site:read",
      query: z.object({
        project: z.string().max(100).optional(),
        all: z.enum(["true", "false"]).default("false").meta({ description: "Also what was decided" }),
      }),
      answer: api.approvalList,
    },
    async ({ actor, query }) => {
      const site = query.project === undefined ? undefined : await findSite(context, actor, query.project);
      return await listApprovals(context, actor, { site, isAll: query.all === "true" });
    },
  );

  addRoute(
    app,
    {
      method: "get",
      path: "/approvals/{id}",
      tag,
      summary: "How a move stands that was asked for",
      permission: "site:read",
      params: byId,
      answer: api.approval,
    },
    async ({ actor, params }) => await findApproval(context, actor, params.id),
  );

  for (const [word, decide, summary] of [
    ["approve", approve, "Approve a move that another member asked for, and make it"],
    ["refuse", refuse, "Refuse a move, or withdraw your own"],
  ] as const) {
    addRoute(
      app,
      {
        method: "post",
        path: `/approvals/{id}/${word}`,
        tag,
        summary,
        permission: "approval:write",
        params: byId,
        body: api.approvalDecision,
        answer: api.approval,
      },
      async ({ actor, params, body }) => await decide(context, actor, params.id, body.comment),
    );
  }
}
