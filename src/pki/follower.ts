import { type Certificate } from "./certificate.ts";
import type { Documents } from "./ports.ts";
import { renewalMs } from "./renewal.ts";
import { createShelf } from "./shelf.ts";

/** The certificates that others order and store. */
export interface Follower {
  all(): readonly Certificate[];
  /** Reads what others have stored since. Returns whether that is anything. */
  refresh(): Promise<boolean>;
}

/** Follows the certificates of a store that is only read. */
export function createFollower(
  documents: Pick<Documents, "read" | "list">,
  nowMs: () => number,
  log: (message: string) => void,
): Follower {
  const shelf = createShelf(documents, log);
  return { all: shelf.all, refresh: () => shelf.refresh((certificate) => renewalMs(certificate) <= nowMs()) };
}
