import type { Api } from "#wire";
import { api, whenSessionEnds } from "./api.ts";
import { signInApi } from "./sign-in-api.ts";
import { teamApi } from "./team-api.ts";
import { workspaces } from "./workspaces.svelte.ts";

type State =
  | { kind: "loading" }
  | { kind: "failed"; error: unknown }
  | { kind: "out"; config: Api.ServerConfig }
  | { kind: "in"; config: Api.ServerConfig; user: Api.AuthInfo };

/** Who is logged in, and at which server. */
class Session {
  state = $state.raw<State>({ kind: "loading" });
  #turn = 0;

  constructor() {
    whenSessionEnds(() => void this.load());
  }

  /** An answer that a later request overtook is dropped: one from before the log-in must not undo it. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    const state = await readState();
    if (turn === this.#turn) this.state = state;
  }

  /** With `workspace`, the account's own workspace gets that name. */
  async logIn(request: Api.LoginRequest, workspace = ""): Promise<void> {
    await api.login(request);
    try {
      if (workspace !== "") await nameOwn(workspace);
    } finally {
      await this.load();
    }
  }

  async logInWithPasskey(): Promise<void> {
    await signInApi.signInWithPasskey();
    await this.load();
  }

  async logOut(): Promise<void> {
    await api.logout();
    await this.load();
  }
}

async function nameOwn(name: string): Promise<void> {
  const own = (await teamApi.workspaces()).find(({ is_own: isOwn }) => isOwn);
  if (own) await teamApi.renameWorkspace(own.id, name);
}

async function readState(): Promise<State> {
  try {
    const [config, user] = await Promise.all([api.config(), api.me()]);
    if (!user) return { kind: "out", config };
    await workspaces.load(user);
    return { kind: "in", config, user };
  } catch (error) {
    return { kind: "failed", error };
  }
}

export const session = new Session();
