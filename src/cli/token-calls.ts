import type { Environment } from "#model";
import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

interface NewToken {
  readonly name: string;
  readonly scopes: readonly Api.TokenScope[];
  readonly project?: string;
  readonly environments?: readonly Environment[];
  readonly expires_in?: number;
}

/** The part of the API that is about tokens. */
export function createTokenCalls(call: SendMessage) {
  return {
    createToken: (request: NewToken) => call<Api.TokenCreated>("POST", "/tokens", { body: request }),
    tokens: () => call<{ tokens: Api.Token[] }>("GET", "/tokens"),
    revokeToken: (id: string) => call<{ message: string }>("DELETE", `/tokens/${encodeURIComponent(id)}`),
  };
}
