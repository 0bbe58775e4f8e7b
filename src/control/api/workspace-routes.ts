import { api } from "#wire";
import type { Context } from "../context.ts";
import { deleteWorkspace } from "../identity/delete-account.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { createWorkspace, listWorkspaces, renameWorkspace } from "../identity/workspaces.ts";
import { addRoute, type Api, z } from "./route.ts";

const tag = "Workspaces";
export const byWorkspace = z.object({ workspace: z.string().max(100).meta({ description: "Its id" }) });

export function addWorkspaceRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces",
      tag,
      summary: "List the workspaces that you are in, your own first",
      permission: "account:read",
      answer: api.workspaceList,
    },
    async ({ actor }) => await listWorkspaces(context, actor),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces",
      tag,
      summary: "Make a workspace, which you own",
      permission: "account:write",
      body: api.workspaceRequest,
      answer: api.workspace,
    },
    async ({ actor, body }) => await createWorkspace(context, actor, body.name),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/workspaces/{workspace}",
      tag,
      summary: "Give a workspace another name",
      permission: "workspace:write",
      params: byWorkspace,
      body: api.workspaceRequest,
      answer: api.workspace,
    },
    async ({ actor, params, body }) => await renameWorkspace(context, actor, params.workspace, body.name),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/workspaces/{workspace}",
      tag,
      summary: "Delete a workspace that has no sites but those in the bin, which go for good",
      permission: "workspace:delete",
      params: byWorkspace,
      answer: api.message,
    },
    async ({ actor, params }) => {
      const { id, name } = await findWorkspace(context, actor, params.workspace);
      await deleteWorkspace(context, actor, id, { withSites: false });
      return { message: `The workspace ${name} is deleted.` };
    },
  );
}
