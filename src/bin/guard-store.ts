import type { Store } from "#store";

/** Has `assert` called before each change of the store: where it throws, nothing is changed. */
export function guardStore(store: Store, assert: () => void): Store {
  return {
    ...store,
    documents: guard(store.documents, ["create", "replace", "remove"], assert),
    blobs: guard(store.blobs, ["write", "quarantine", "remove"], assert),
    encodings: guard(store.encodings, ["write", "remove"], assert),
    uploads: guard(store.uploads, ["stage", "stageAll", "stagePart", "commit", "expire"], assert),
  };
}

function guard<T extends object>(part: T, changing: readonly (keyof T)[], assert: () => void): T {
  const methods = new Map<keyof T, unknown>();
  return new Proxy(part, {
    get(_, name) {
      const key = name as keyof T;
      const method = part[key];
      if (typeof method !== "function") return method;
      if (!methods.has(key)) methods.set(key, changing.includes(key) ? asserted(method.bind(part)) : method.bind(part));
      return methods.get(key);
    },
  });

  function asserted(change: (...values: unknown[]) => unknown) {
    return async (...values: unknown[]) => {
      assert();
      return await change(...values);
    };
  }
}
