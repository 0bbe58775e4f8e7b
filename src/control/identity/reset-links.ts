import { AsyncLocalStorage } from "node:async_hooks";

/** What Better Auth has told of a link while somebody asked it for something. */
interface Told {
  /** The token that was made; undefined: there is no such account. */
  readonly token?: string;
  /** Who has set a password by one. */
  readonly user?: { readonly id: string; readonly email: string };
}

/** Better Auth tells of links by functions that it was set up with; this takes it to who has asked. */
export interface ResetLinks {
  readonly tell: (told: Told) => Promise<void>;
  /** Returns what was told while `ask` ran. */
  readonly collect: (ask: () => Promise<unknown>) => Promise<Told>;
}

export function createResetLinks(): ResetLinks {
  const asking = new AsyncLocalStorage<Told>();
  return {
    async tell(told) {
      Object.assign(asking.getStore() ?? {}, told);
    },
    async collect(ask) {
      const told: Told = {};
      await asking.run(told, ask);
      return told;
    },
  };
}
