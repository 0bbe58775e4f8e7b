import type { Call } from "./http.ts";
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  readonly body?: unknown;
  /** The workspace that is meant, where it is not the client's. */
  readonly workspaceId?: string;
  /** Sent in place of a message. */
  readonly content?: Pick<Call, "headers" | "body">;
  /** Whether doing it twice is harmless; reading is. */
  readonly isRepeatable?: boolean;
  readonly maxTries?: number;
}

/** Sends one message and reads the answer's JSON. */
export type SendMessage = <T>(method: string, path: string, options?: CallOptions) => Promise<T>;
