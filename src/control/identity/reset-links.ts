import { AsyncLocalStorage } from "node:async_hooks";

/** Better Auth hands a link's token to a function that it was set up with; this takes it to who has asked. */
export interface ResetLinks {
  readonly hand: (made: { readonly token: string }) => Promise<void>;
  /** Returns the token that was made while `ask` ran; undefined: there is no such account. */
  readonly collect: (ask: () => Promise<unknown>) => Promise<string | undefined>;
}

export function createResetLinks(): ResetLinks {
  const asking = new AsyncLocalStorage<{ token?: string }>();
  return {
    async hand({ token }) {
      const asked = asking.getStore();
      if (asked) asked.token = token;
    },
    async collect(ask) {
      const asked: { token?: string } = {};
      await asking.run(asked, ask);
      return asked.token;
    },
  };
}
