import type { Api } from "#wire";
import { call, inWorkspace } from "./api.ts";

/** The part of the API that is about workspaces: who is in them, and what they may have. */
export const teamApi = {
  /** The workspaces that the account is in, its own first. */
  workspaces: async () => (await call<Api.WorkspaceList>("GET", "/workspaces")).workspaces,
  createWorkspace: (name: string) => call<Api.Workspace>("POST", "/workspaces", { name }),
  renameWorkspace: (id: string, name: string) => call<Api.Workspace>("PUT", pathOf(id), { name }),
  deleteWorkspace: (id: string) => call<unknown>("DELETE", pathOf(id)),
  leaveWorkspace: (id: string) => call<unknown>("POST", `${pathOf(id)}/leave`),

  /** What the workspace may have, and has. */
  quota: (workspace: string) => call<Api.Quota>("GET", "/quota", undefined, inWorkspace(workspace)),
};

const pathOf = (workspace: string): string => `/workspaces/${encodeURIComponent(workspace)}`;
