import { api } from "#wire";
import type { Context } from "../context.ts";
import { changeMember, listMembers, readMembership, removeMember } from "../identity/members.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byWorkspace } from "./workspace-routes.ts";

const tag = "Members";
const byMember = byWorkspace.extend({ user_id: z.string().max(100) });

export function addMemberRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/members",
      tag,
      summary: "List who is in a workspace",
      permission: "member:read",
      params: byWorkspace,
      answer: api.memberList,
    },
    async ({ actor, params }) => await listMembers(context, (await findWorkspace(context, actor, params.workspace)).id),
  );

  addRoute(
    app,
    {
      method: "put",
      path: "/workspaces/{workspace}/members/{user_id}",
      tag,
      summary: "Change a member's role, and what they may do on single sites",
      permission: "member:write",
      params: byMember,
      body: api.memberRequest,
      answer: api.member,
    },
    async ({ actor, params, body }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      const wanted = await readMembership(context, workspace.id, body);
      return await changeMember(context, actor, workspace, params.user_id, wanted);
    },
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/workspaces/{workspace}/members/{user_id}",
      tag,
      summary: "Remove a member, with their tokens for the workspace",
      permission: "member:write",
      params: byMember,
      answer: api.message,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      const { email } = await removeMember(context, actor, workspace, params.user_id);
      return { message: `${email} is no longer in ${workspace.name}.` };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/leave",
      tag,
      summary: "Leave a workspace; its last owner cannot",
      permission: "workspace:leave",
      params: byWorkspace,
      answer: api.message,
    },
    async ({ actor, params }) => {
      const workspace = await findWorkspace(context, actor, params.workspace);
      await removeMember(context, actor, workspace, actor.userId);
      return { message: `You have left ${workspace.name}.` };
    },
  );
}
