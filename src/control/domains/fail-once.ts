import type { Documents } from "#store";

/** For tests: has the next removal or replacement of a document fail, as where the storage does not answer. */
export function failOnce(documents: Documents, key: string): void {
  const { remove, replace } = documents;
  const failIf = (wanted: string) => {
    if (wanted !== key) return;
    Object.assign(documents, { remove, replace });
    throw new Error("the storage does not answer");
  };
  Object.assign(documents, {
    remove: async (wanted: string) => (failIf(wanted), remove(wanted)),
    replace: async (wanted: string, from: string, to: string) => (failIf(wanted), replace(wanted, from, to)),
  });
}
