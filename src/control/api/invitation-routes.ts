import { api } from "#wire";
import type { Context } from "../context.ts";
import {
  acceptInvitation,
  createInvitation,
  listInvitations,
  revokeInvitation,
  showInvitation,
} from "../identity/invitations.ts";
import { findWorkspace } from "../identity/workspace.ts";
import { addRoute, type Api, z } from "./route.ts";
import { byWorkspace } from "./workspace-routes.ts";

const tag = "Members";

export function addInvitationRoutes(app: Api, context: Context): void {
  addRoute(
    app,
    {
      method: "get",
      path: "/workspaces/{workspace}/invitations",
      tag,
      summary: "List the invitations that can be accepted",
      permission: "member:write",
      params: byWorkspace,
      answer: api.invitationList,
    },
    async ({ actor, params }) =>
      await listInvitations(context, (await findWorkspace(context, actor, params.workspace)).id),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/workspaces/{workspace}/invitations",
      tag,
      summary: "Invite somebody, by a link that is good once",
      permission: "member:write",
      params: byWorkspace,
      body: api.invitationRequest,
      answer: api.invitationCreated,
    },
    async ({ actor, params, body }) =>
      await createInvitation(context, actor, await findWorkspace(context, actor, params.workspace), body),
  );

  addRoute(
    app,
    {
      method: "delete",
      path: "/workspaces/{workspace}/invitations/{id}",
      tag,
      summary: "Revoke an invitation",
      permission: "member:write",
      params: byWorkspace.extend({ id: z.string().max(100) }),
      answer: api.message,
    },
    async ({ actor, params }) => {
      const { id } = await findWorkspace(context, actor, params.workspace);
      await revokeInvitation(context, actor, id, params.id);
      return { message: "The invitation is revoked." };
    },
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/invitations/look",
      tag,
      summary: "What an invitation is to, for who has its link",
      permission: "none",
      body: api.invitationLook,
      answer: api.invitationShown,
    },
    async ({ body }) => await showInvitation(context, body.invitation),
  );

  addRoute(
    app,
    {
      method: "post",
      path: "/invitations/accept",
      tag,
      summary: "Accept an invitation; who has no account yet registers with it",
      permission: "account:write",
      body: api.invitationLook,
      answer: api.workspace,
    },
    async ({ actor, body }) => await acceptInvitation(context, actor, body.invitation),
  );
}
