import type { Api } from "#wire";
import type { ApiClient } from "./api-client.ts";
import { Failure } from "./failure.ts";

const ID = /^ws_[0-9a-z]{16}$/;

/** Finds the id of a workspace that is named by its id or its name. Throws a Failure of `not_found` or `usage`. */
export async function findWorkspace(client: Pick<ApiClient, "workspaces">, named: string): Promise<string> {
  if (ID.test(named)) return named;
  return chooseWorkspace((await client.workspaces()).workspaces, named).id;
}

export function chooseWorkspace(workspaces: readonly Api.Workspace[], named: string): Api.Workspace {
  const matches = workspaces.filter(({ id, name }) => id === named || name === named);
  const [workspace] = matches;
  if (!workspace) {
    throw new Failure("not_found", `You have no workspace "${named}".`, {
      next: "`sitepod workspace list` shows them.",
    });
  }
  if (matches.length === 1) return workspace;
  throw new Failure("usage", `You have ${matches.length} workspaces "${named}".`, {
    next: `Name one by its id: ${matches.map(({ id }) => id).join(", ")}.`,
  });
}
