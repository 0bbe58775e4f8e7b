import { SitepodError } from "#model";
import type { Store } from "#store";
import { endArrival, markMoved } from "#upkeep";
import { DRAIN_MS } from "./drain.ts";
import type { Log } from "./log.ts";
import type { Hold, MovableStore } from "./movable-store.ts";
import { type Answering, openOperatorSocket } from "./operator-socket.ts";
import { nameStorage, type StorageOptions } from "./storage-options.ts";
import { within } from "./within.ts";

/** What a server has its contents in. */
export interface MovableContents {
  readonly movable: MovableStore;
  /** Where they are now. */
  storage: StorageOptions;
  readonly open: (storage: StorageOptions) => Promise<Store>;
}

export interface StorageMoverOptions {
  /** The data folder; absolute. */
  readonly data: string;
  /** What is said of where they are changes with a move. */
  readonly contents: MovableContents;
  /** Whether other servers may be using the storage. */
  readonly isShared: boolean;
  /** Has the edges read from another storage. Resolves once none reads from the old one. */
  readonly tellEdges: (storage: StorageOptions) => Promise<void>;
  readonly log: Log;
}

/** Changes wait no longer than that for a command, which may be stuck. */
const MAX_HOLD_MS = 60_000;
const RETRY_MS = 1000;

/** Where a command wants the contents to be, and where it takes them to be now. */
interface Destination {
  readonly from: string;
  readonly storage: StorageOptions;
  readonly store: Store;
}

/** Moves a running server to a storage that a command has filled, when one asks for it at the operator's socket. Returns how to end that, a move under way first. */
export async function startStorageMover(options: StorageMoverOptions): Promise<() => Promise<void>> {
  const { data, contents, log } = options;
  const { movable } = contents;
  /** Of the one who holds changes: there is one at most. */
  let moving: Promise<void> | undefined;

  function requireSame(from: string): void {
    const name = nameStorage(data, contents.storage);
    if (name === from) return;
    throw new SitepodError("conflict", `The contents of this server are in ${name} now, and not in ${from}.`);
  }

  /** There is no way back: whether a failed removal took place nobody knows, so changes wait until it has. */
  async function endArrivalAtLast({ documents }: Store): Promise<void> {
    for (;;) {
      try {
        return await endArrival(documents);
      } catch (error) {
        log("The new storage could not be taken into use yet: changes wait, and it is tried again", error);
        await Bun.sleep(RETRY_MS);
      }
    }
  }

  async function moveTo(held: Hold, { from, storage, store }: Destination): Promise<void> {
    const name = nameStorage(data, storage);
    try {
      requireSame(from);
      await markMoved(movable.now().documents, name, new Date().toISOString());
    } catch (error) {
      held.letGo();
      throw error;
    }
    await endArrivalAtLast(store);
    await options.tellEdges(storage);
    held.moveTo(store);
    contents.storage = storage;
    log(`The contents were moved to ${name}: this server uses them there. Set its options before it is started again`);
  }

  function answer(): Answering {
    let next: Destination | undefined;
    let hold: Hold | undefined;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const letGo = () => {
      clearTimeout(timer);
      hold?.letGo();
      hold = undefined;
    };
    return {
      answers: {
        async prepareMove({ from, to }) {
          if (options.isShared) throw shared();
          requireSame(from);
          next = { from, storage: to, store: await contents.open(to) };
          return null;
        },
        async holdChanges() {
          const held = await movable.hold();
          if (isOver || hold) {
            held.letGo();
            throw new SitepodError("conflict", "Changes are held already.");
          }
          hold = held;
          timer = setTimeout(letGo, MAX_HOLD_MS);
          return null;
        },
        async move() {
          if (!hold || !next) {
            throw new SitepodError(
              "unavailable",
              "The last changes took too long to copy. Run the same command again.",
            );
          }
          const held = hold;
          hold = undefined;
          clearTimeout(timer);
          // From here on it ends by itself, also where the command has gone.
          await (moving = moveTo(held, next));
          return null;
        },
      },
      end() {
        isOver = true;
        letGo();
      },
    };
  }

  try {
    const close = await openOperatorSocket(data, answer);
    return async () => {
      await close();
      // Whoever takes over must not begin in a storage that is being left. Where that does not end, it is refused there.
      if (moving) await within(DRAIN_MS, moving);
    };
  } catch (error) {
    // Not every file system has sockets.
    log("Commands cannot reach this server: its storage cannot be moved while it runs", error);
    return async () => {};
  }
}

const shared = () =>
  new SitepodError(
    "conflict",
    "This server shares its records with others in PostgreSQL. Stop all of them but those that only serve, run the same command " +
      "again, and start them with the new options.",
  );
