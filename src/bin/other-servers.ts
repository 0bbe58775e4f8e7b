import { randomUUID } from "node:crypto";
import { createHints, createLocks, type Hints, type Locks } from "#db";
import type { Store } from "#store";

/** What is agreed on with the other servers on one PostgreSQL. */
export interface OtherServers extends AsyncDisposable {
  readonly locks: Locks;
  /** Tells the others of something else than a document, by a key that no document has. */
  readonly tell: (key: string) => void;
  /** Tells the others of each document that this server changes, and calls `onKey` for each that they change. */
  follow(documents: Store["documents"], onKey: (key: string) => void): void;
}

/** Undefined where the records are in the data folder: then there are no others. */
export function joinOtherServers(databaseUrl: string | undefined): OtherServers | undefined {
  if (databaseUrl === undefined) return undefined;
  const locks = createLocks(databaseUrl);
  let hints: Hints | undefined;
  return {
    locks,
    tell: (key) => hints?.publish(key),
    follow(documents, onKey) {
      const opened = createHints(databaseUrl, { id: randomUUID(), onKey });
      documents.subscribe((key) => opened.publish(key));
      hints = opened;
    },
    async [Symbol.asyncDispose]() {
      locks.close();
      await hints?.close();
    },
  };
}
