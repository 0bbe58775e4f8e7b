import type { Environment, Guard } from "#model";
import type { Api } from "#wire";
import { call, EVERYWHERE, inWorkspace, query } from "./api.ts";

/** What of the audit log is wanted; an empty text: anything. */
export interface AuditFilter {
  readonly project: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

/** The part of the API that is about workspaces: who is in them, what they may do, and what they have done. */
export const teamApi = {
  /** The workspaces that the account is in, its own first. */
  workspaces: async () => (await call<Api.WorkspaceList>("GET", "/workspaces")).workspaces,
  createWorkspace: (name: string) => call<Api.Workspace>("POST", "/workspaces", { name }),
  renameWorkspace: (id: string, name: string) => call<Api.Workspace>("PUT", pathOf(id), { name }),
  deleteWorkspace: (id: string) => call<unknown>("DELETE", pathOf(id)),
  leaveWorkspace: (id: string) => call<unknown>("POST", `${pathOf(id)}/leave`),

  members: async (workspace: string) => (await call<Api.MemberList>("GET", `${pathOf(workspace)}/members`)).members,
  changeMember: (workspace: string, userId: string, wanted: Api.MemberRequest) =>
    call<Api.Member>("PUT", `${pathOf(workspace)}/members/${encodeURIComponent(userId)}`, wanted),
  removeMember: (workspace: string, userId: string) =>
    call<unknown>("DELETE", `${pathOf(workspace)}/members/${encodeURIComponent(userId)}`),

  invitations: async (workspace: string) =>
    (await call<Api.InvitationList>("GET", `${pathOf(workspace)}/invitations`)).invitations,
  invite: (workspace: string, request: Api.InvitationRequest) =>
    call<Api.InvitationCreated>("POST", `${pathOf(workspace)}/invitations`, request),
  revokeInvitation: (workspace: string, id: string) =>
    call<unknown>("DELETE", `${pathOf(workspace)}/invitations/${encodeURIComponent(id)}`),
  showInvitation: (invitation: string) => call<Api.InvitationShown>("POST", "/invitations/look", { invitation }),
  acceptInvitation: (invitation: string) => call<Api.Workspace>("POST", "/invitations/accept", { invitation }),

  /** Those of a workspace, whoever made them. */
  workspaceTokens: async (workspace: string) =>
    (await call<Api.WorkspaceTokenList>("GET", `${pathOf(workspace)}/tokens`)).tokens,
  revokeWorkspaceToken: (workspace: string, id: string) =>
    call<unknown>("DELETE", `${pathOf(workspace)}/tokens/${encodeURIComponent(id)}`),
  /** The account's own, in whichever workspace. */
  ownTokens: async () => (await call<{ tokens: Api.Token[] }>("GET", "/tokens", undefined, EVERYWHERE)).tokens,

  guards: async (project: string) => (await call<Api.GuardList>("GET", `/guards${query({ project })}`)).guards,
  setGuard: (project: string, environment: Environment, guard: Guard | null) =>
    call<Api.GuardState>("PUT", "/guards", { project, environment, guard }),
  approvals: async (options: { project?: string; all?: "true" }) =>
    (await call<Api.ApprovalList>("GET", `/approvals${query(options)}`)).approvals,
  approval: (id: string) => call<Api.Approval>("GET", `/approvals/${encodeURIComponent(id)}`),
  /** Refusing what one has asked for oneself withdraws it. */
  decide: (id: string, decision: "approve" | "refuse", comment: string) =>
    call<Api.Approval>(
      "POST",
      `/approvals/${encodeURIComponent(id)}/${decision}`,
      comment.trim() === "" ? {} : { comment },
    ),

  /** A page of what has happened, newest first: what is older than the event `before`, where it is given. */
  audit: async (filter: AuditFilter, limit: number, before?: string) =>
    (await call<Api.AuditList>("GET", `/audit${query({ ...given(filter), limit, before })}`)).events,

  /** What the workspace may have, and has. */
  quota: (workspace: string) => call<Api.Quota>("GET", "/quota", undefined, inWorkspace(workspace)),
  usage: async (workspace: string) => (await call<Api.WorkspaceUsage>("GET", `${pathOf(workspace)}/usage`)).sites,

  health: () => call<Api.Health>("GET", "/health"),
  server: () => call<Api.ServerState>("GET", "/server"),
  garbage: async () => (await call<Api.GarbageState>("GET", "/gc")).collection,
  quotas: () => call<Api.QuotaList>("GET", "/quotas"),
};

/** Where the same events are as NDJSON. */
export const auditExportAddress = (workspace: string, filter: AuditFilter): string =>
  `/api/v1/audit/export${query({ workspace, ...given(filter) })}`;

const given = (filter: AuditFilter): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));

const pathOf = (workspace: string): string => `/workspaces/${encodeURIComponent(workspace)}`;
