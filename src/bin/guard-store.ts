import { TRAFFIC_FOLDER } from "#model";
import type { Store } from "#store";

/**
 * Has `assert` called before each change of the store: where it throws, nothing is changed. Reports of traffic are new documents
 * that nobody else writes: also who has let go of all else adds the last of what it counted.
 */
export function guardStore(store: Store, assert: () => void): Store {
  return {
    ...store,
    documents: guard(store.documents, ["create", "replace", "remove"], assert, isReport),
    blobs: guard(store.blobs, ["write", "quarantine", "remove"], assert),
    encodings: guard(store.encodings, ["write", "remove"], assert),
    uploads: guard(store.uploads, ["stage", "stageAll", "stagePart", "commit", "expire"], assert),
  };
}

const isReport = (method: string, key: unknown) =>
  method === "create" && typeof key === "string" && key.startsWith(TRAFFIC_FOLDER);

function guard<T extends object>(
  part: T,
  changing: readonly (keyof T)[],
  assert: () => void,
  isFree: (method: string, key: unknown) => boolean = () => false,
): T {
  const methods = new Map<keyof T, unknown>();
  return new Proxy(part, {
    get(_, name) {
      const key = name as keyof T;
      const method = part[key];
      if (typeof method !== "function") return method;
      if (!methods.has(key))
        methods.set(key, changing.includes(key) ? asserted(String(name), method.bind(part)) : method.bind(part));
      return methods.get(key);
    },
  });

  function asserted(name: string, change: (...values: unknown[]) => unknown) {
    return async (...values: unknown[]) => {
      if (!isFree(name, values[0])) assert();
      return await change(...values);
    };
  }
}
