import type { Api } from "#wire";
import type { ApiClient } from "./api-client.ts";
import { Failure } from "./failure.ts";
import { chooseWorkspace } from "./find-workspace.ts";

/** Finds the workspace that a command is about: the one that is in use, else the account's own. Throws a Failure. */
export async function meantWorkspace(client: ApiClient): Promise<Api.Workspace> {
  const { workspaces } = await client.workspaces();
  if (client.workspaceId !== undefined) return chooseWorkspace(workspaces, client.workspaceId);
  // A token of one workspace sees no other.
  const workspace = workspaces.find(({ is_own }) => is_own) ?? workspaces[0];
  if (workspace) return workspace;
  throw new Failure("not_found", "You are in no workspace.", { next: "Make one: sitepod workspace create <name>" });
}

/** Finds a member by their address. Throws a Failure of `not_found`. */
export async function findMember(client: ApiClient, workspace: Api.Workspace, email: string): Promise<Api.Member> {
  const { members } = await client.members(workspace.id);
  const member = members.find((candidate) => candidate.email === email.toLowerCase());
  if (member) return member;
  throw new Failure("not_found", `${email} is not in ${workspace.name}.`, {
    next: "`sitepod member list` shows who is.",
  });
}
