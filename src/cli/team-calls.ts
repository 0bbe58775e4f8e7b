import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";
import { createWebhookCalls } from "./webhook-calls.ts";

/** The part of the API that is about who works together, and what they let one another do. */
export function createTeamCalls(call: SendMessage) {
  const segment = encodeURIComponent;
  const of = (workspace: string) => `/workspaces/${segment(workspace)}`;
  return {
    workspaces: () => call<Api.WorkspaceList>("GET", "/workspaces"),
    createWorkspace: (name: string) => call<Api.Workspace>("POST", "/workspaces", { body: { name } }),
    renameWorkspace: (id: string, name: string) => call<Api.Workspace>("PUT", of(id), { body: { name } }),
    deleteWorkspace: (id: string) => call<{ message: string }>("DELETE", of(id)),
    leaveWorkspace: (id: string) => call<{ message: string }>("POST", `${of(id)}/leave`),

    members: (id: string) => call<Api.MemberList>("GET", `${of(id)}/members`),
    changeMember: (id: string, userId: string, member: Api.MemberRequest) =>
      call<Api.Member>("PUT", `${of(id)}/members/${segment(userId)}`, { body: member }),
    removeMember: (id: string, userId: string) =>
      call<{ message: string }>("DELETE", `${of(id)}/members/${segment(userId)}`),
    invitations: (id: string) => call<Api.InvitationList>("GET", `${of(id)}/invitations`),
    invite: (id: string, invitation: Partial<Api.InvitationRequest> & Api.MemberRequest) =>
      call<Api.InvitationCreated>("POST", `${of(id)}/invitations`, { body: invitation }),
    revokeInvitation: (id: string, invitation: string) =>
      call<{ message: string }>("DELETE", `${of(id)}/invitations/${segment(invitation)}`),
    acceptInvitation: (invitation: string) =>
      call<Api.Workspace>("POST", "/invitations/accept", { body: { invitation } }),

    guards: (project: string) => call<Api.GuardList>("GET", "/guards", { query: { project } }),
    setGuard: (request: Api.GuardRequest) => call<Api.GuardState>("PUT", "/guards", { body: request }),
    approvals: (project: string | undefined, isAll: boolean) =>
      call<Api.ApprovalList>("GET", "/approvals", { query: { project, all: String(isAll) } }),
    approval: (id: string) => call<Api.Approval>("GET", `/approvals/${segment(id)}`),
    decide: (id: string, word: "approve" | "refuse", comment: string | undefined) =>
      call<Api.Approval>("POST", `/approvals/${segment(id)}/${word}`, { body: { comment } }),

    ...createWebhookCalls(call),

    audit: (query: AuditQuery) => call<Api.AuditList>("GET", "/audit", { query: { ...query } }),
  };
}

interface AuditQuery {
  readonly project?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly since?: string | undefined;
  readonly limit?: number;
}
