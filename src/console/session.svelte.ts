import type { Api } from "#wire";
import { api, whenSessionEnds } from "./api.ts";
import { signInApi } from "./sign-in-api.ts";

type State =
  | { kind: "loading" }
  | { kind: "failed"; error: unknown }
  | { kind: "out"; config: Api.ServerConfig }
  | { kind: "in"; config: Api.ServerConfig; user: Api.AuthInfo };

/** Who is logged in, and at which server. */
class Session {
  state = $state.raw<State>({ kind: "loading" });

  constructor() {
    whenSessionEnds(() => void this.load());
  }

  async load(): Promise<void> {
    try {
      const [config, user] = await Promise.all([api.config(), api.me()]);
      this.state = user ? { kind: "in", config, user } : { kind: "out", config };
    } catch (error) {
      this.state = { kind: "failed", error };
    }
  }

  async logIn(request: Api.LoginRequest): Promise<void> {
    await api.login(request);
    await this.load();
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

export const session = new Session();
