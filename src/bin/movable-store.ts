import { createGate } from "#control";
import { SitepodError } from "#model";
import { DigestSet, inParallel, type Store } from "#store";
import { copyBlob } from "#upkeep";

/** A store that can become another while it is used. */
export interface MovableStore {
  readonly store: Store;
  /** What it is now: changes through this one wait for nobody. */
  now(): Store;
  /**
   * Resolves once no change is under way; those that begin wait until the hold ends. Nobody who reads waits, and what
   * clients send is taken in: it becomes contents by a commit, which waits.
   */
  hold(): Promise<Hold>;
}

/** To be ended once: by moving, or by letting go. */
export interface Hold {
  /** Has all go to another store from now on, which has what this one has. */
  moveTo(next: Store): void;
  letGo(): void;
}

type Part = "documents" | "blobs" | "encodings" | "uploads";
type Methods = Record<string, ((...values: never[]) => unknown) | undefined>;

/** What changes documents and contents. What is only staged is none yet. */
const CHANGES: Readonly<Record<Part, readonly string[]>> = {
  documents: ["create", "replace", "remove"],
  blobs: ["write", "quarantine", "remove"],
  encodings: ["write", "remove"],
  uploads: ["commit"],
};
const AT_ONCE = 16;

export function createMovableStore(first: Store): MovableStore {
  const gate = createGate();
  const listeners = new Set<(key: string) => void>();
  const tell = (key: string) => {
    for (const listener of listeners) listener(key);
  };
  let [current, previous]: [Store, Store | undefined] = [first, undefined];
  let unsubscribe = current.documents.subscribe(tell);
  let uploads = current.uploads;

  /** Passes each call on to what the part is now. */
  function follow<Name extends Part>(name: Name, find: () => Store[Name]): Store[Name] {
    const made = new Map<string, { readonly of: unknown; readonly method: unknown }>();
    return new Proxy({} as Store[Name], {
      get(_, key) {
        const method = String(key);
        const part = find();
        const known = made.get(method);
        if (known?.of === part) return known.method;
        const own = (part as unknown as Methods)[method]?.bind(part);
        const passed = CHANGES[name].includes(method)
          ? (...values: never[]) => gate.shared(async () => await (find() as unknown as Methods)[method]!(...values))
          : own;
        made.set(method, { of: part, method: passed });
        return passed;
      },
    });
  }

  const store: Store = {
    documents: {
      ...methodsOf(follow("documents", () => current.documents)),
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    blobs: follow("blobs", () => current.blobs),
    encodings: follow("encodings", () => current.encodings),
    uploads: follow("uploads", () => uploads),
    get presign() {
      return current.presign;
    },
    settle: async () => await current.settle?.(),
    check: () => current.check(),
    checkReadable: () => current.checkReadable(),
  } as Store;

  return {
    store,
    now: () => current,
    async hold() {
      const [isHeld, ending] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      void gate.alone(async () => {
        isHeld.resolve();
        await ending.promise;
      });
      await isHeld.promise;
      return {
        moveTo(next) {
          [previous, current] = [current, next];
          uploads = carryOver(previous, current);
          unsubscribe();
          unsubscribe = current.documents.subscribe(tell);
          ending.resolve();
        },
        letGo: ending.resolve,
      };
    },
  };
}

/** The proxy's methods, to be spread beside others. */
const methodsOf = (documents: Store["documents"]) => ({
  read: (key: string) => documents.read(key),
  create: (key: string, text: string) => documents.create(key, text),
  replace: (key: string, expected: string, text: string) => documents.replace(key, expected, text),
  remove: (key: string) => documents.remove(key),
  list: (prefix: string) => documents.list(prefix),
});

/** Uploads of `to` for deploys that may have begun in `from`: what was staged there comes along as it is committed. */
function carryOver(from: Store, to: Store): Store["uploads"] {
  const own = to.uploads;
  const stagePart = own.stagePart ? own : from.uploads;
  return {
    stage: (...values) => own.stage(...values),
    stageAll: (...values) => own.stageAll(...values),
    // Clients go on with parts where they were told to send them.
    ...(stagePart.stagePart ? { stagePart: stagePart.stagePart.bind(stagePart) } : {}),
    async staged(workspace) {
      const [here, before] = [await own.staged(workspace), await from.uploads.staged(workspace)];
      return { has: (digest) => here.has(digest) || before.has(digest) };
    },
    bytes: async (workspace, digest) =>
      (await own.bytes(workspace, digest)) ?? (await from.uploads.bytes(workspace, digest)),
    async commit(workspace, digests) {
      const all = DigestSet.of(digests);
      const staged = await from.uploads.staged(workspace);
      const before = DigestSet.of(Iterator.from(all).filter((digest) => staged.has(digest)));
      if (before.size > 0) await from.uploads.commit(workspace, before);
      await inParallel(before, AT_ONCE, async (digest) => {
        if ((await to.blobs.has(digest)) || (await copyBlob(from.blobs, to.blobs, digest)) !== undefined) return;
        throw new SitepodError("unavailable", `${digest}, which was sent before the move, is lost. Deploy again.`);
      });
      await own.commit(workspace, all);
    },
    expire: async (keep) => (await own.expire(keep)) + (await from.uploads.expire(keep)),
  };
}
