import type { StorageOptions } from "./storage-options.ts";

/** What a command of the operator asks of the server that runs on a data folder. */
export type OperatorQuestions = {
  /**
   * The first: opens the storage to move to. Answers with what it is to be called. Refuses where this server's storage is not
   * the one called `from`, or others may be using it.
   */
  readonly prepareMove: {
    readonly says: { readonly from: string; readonly to: StorageOptions };
    readonly answer: null;
  };
  /** Answered once no change of the storage is under way; none begins until the move, the end of this connection, or too long. */
  readonly holdChanges: { readonly says: null; readonly answer: null };
  /** Use the new storage, for good: it has all that the old one has. */
  readonly move: { readonly says: null; readonly answer: null };
};

/** A command is asked nothing. */
export type NoQuestions = Record<never, never>;
