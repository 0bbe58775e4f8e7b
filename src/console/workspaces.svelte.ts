import { mayAs, type Permission } from "#model";
import type { Api } from "#wire";
import { setWorkspace } from "./api.ts";
import { teamApi } from "./team-api.ts";

/** Where the browser keeps the workspace that was chosen last. */
const KEPT = "sitepod.workspace";

export type ShownWorkspace = Pick<Api.Workspace, "id" | "name" | "role" | "is_own">;

/** The workspaces that the account is in, and the one whose pages are shown. */
class Workspaces {
  list = $state.raw<readonly ShownWorkspace[]>([]);
  #chosenId = $state<string>();
  #isAdmin = false;
  readonly chosen = $derived(this.list.find(({ id }) => id === this.#chosenId));

  /** Chooses the workspace that was chosen last, where the account is in it still; else its own. */
  async load({ is_admin: isAdmin }: Pick<Api.AuthInfo, "is_admin">): Promise<void> {
    this.#isAdmin = isAdmin;
    const wanted = this.#chosenId ?? localStorage.getItem(KEPT);
    const joined = await teamApi.workspaces();
    const isKnown = wanted === null || joined.some(({ id }) => id === wanted);
    this.list = isKnown || !isAdmin ? joined : [...joined, ...(await findVisited(wanted))];
    const next = this.list.find(({ id }) => id === wanted) ?? this.list[0];
    if (next) this.choose(next.id);
  }

  /** Shows a workspace that is in the list. */
  choose(id: string): void {
    this.#chosenId = id;
    localStorage.setItem(KEPT, id);
    setWorkspace(id);
  }

  /** Shows a workspace that the account has just made or joined. */
  add(workspace: ShownWorkspace): void {
    this.list = [...this.list.filter(({ id }) => id !== workspace.id), workspace];
    this.choose(workspace.id);
  }

  /** Whether the account may do something in the workspace that is shown: the server decides, this only spares the asking. */
  may(permission: Permission): boolean {
    const role = this.#isAdmin ? "owner" : this.chosen?.role;
    return mayAs({ member: role === undefined ? null : { role } }, permission);
  }
}

/** An administrator may look at a workspace that they are not in. */
async function findVisited(id: string): Promise<ShownWorkspace[]> {
  const quota = await teamApi.quota(id).catch(() => undefined);
  return quota ? [{ id, name: quota.name, role: "owner", is_own: false }] : [];
}

export const workspaces = new Workspaces();
