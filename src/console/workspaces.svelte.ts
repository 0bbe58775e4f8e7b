import { mayAs, type Permission, type Role } from "#model";
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
  #turn = 0;
  #newest: Promise<void> = Promise.resolve();
  readonly chosen = $derived(this.list.find(({ id }) => id === this.#chosenId));

  /**
   * Chooses the workspace that was chosen last, where the account is in it still; else its own. An answer that a later
   * request overtook is dropped, and one that is from before the account has made or joined a workspace: what came
   * instead is waited for.
   */
  load({ is_admin: isAdmin }: Pick<Api.AuthInfo, "is_admin">): Promise<void> {
    return (this.#newest = this.#loadAt(++this.#turn, isAdmin));
  }

  async #loadAt(turn: number, isAdmin: boolean): Promise<void> {
    const list = await findList(isAdmin, () => this.#wanted);
    if (turn !== this.#turn) return await this.#newest;
    this.#isAdmin = isAdmin;
    this.list = list;
    const next = list.find(({ id }) => id === this.#wanted) ?? list[0];
    if (next) this.choose(next.id);
  }

  get #wanted(): string | null {
    return this.#chosenId ?? localStorage.getItem(KEPT);
  }

  /** Shows a workspace that is in the list. */
  choose(id: string): void {
    this.#chosenId = id;
    localStorage.setItem(KEPT, id);
    setWorkspace(id);
  }

  /** Shows the workspace of what is looked at, where the account is in it. */
  follow(id: string): void {
    if (id !== this.#chosenId && this.list.some((each) => each.id === id)) this.choose(id);
  }

  /** Shows a workspace to an administrator, whether or not they are in it. */
  visit({ id, name }: Pick<ShownWorkspace, "id" | "name">): void {
    if (this.list.some((each) => each.id === id)) this.choose(id);
    else this.add({ id, name, role: "owner", is_own: false });
  }

  /** Shows a workspace that the account has just made or joined. */
  add(workspace: ShownWorkspace): void {
    this.#overtake([...this.list.filter(({ id }) => id !== workspace.id), workspace]);
    this.choose(workspace.id);
  }

  /** Shows the account's own workspace in the place of one that it has just left or deleted: that is not there to be asked. */
  drop(left: string): void {
    this.#overtake(this.list.filter(({ id }) => id !== left));
    const [own] = this.list;
    if (own) this.choose(own.id);
  }

  /** Sets a list that is newer than what is being asked for. */
  #overtake(list: readonly ShownWorkspace[]): void {
    this.#turn++;
    this.#newest = Promise.resolve();
    this.list = list;
  }

  /** What the account is in the workspace that is shown: the server's administrators are owners everywhere. */
  get role(): Role | null {
    return this.#isAdmin ? "owner" : (this.chosen?.role ?? null);
  }

  /** Whether the account may do something in the workspace that is shown: the server decides, this only spares the asking. */
  may(permission: Permission): boolean {
    return mayAs({ member: { role: this.role } }, permission);
  }
}

/** Those that the account is in; an administrator may also look at one that they are not in. */
async function findList(isAdmin: boolean, findWanted: () => string | null): Promise<readonly ShownWorkspace[]> {
  const joined = await teamApi.workspaces();
  const wanted = findWanted();
  if (!isAdmin || wanted === null || joined.some(({ id }) => id === wanted)) return joined;
  const quota = await teamApi.quota(wanted).catch(() => undefined);
  return quota ? [...joined, { id: wanted, name: quota.name, role: "owner", is_own: false }] : joined;
}

export const workspaces = new Workspaces();
