import type { StoreReader } from "#store";

/** What an edge reads from, which can become another while it is used. */
export interface MovableReader {
  readonly reader: StoreReader;
  /** Has all be read from there from now on. */
  moveTo(next: StoreReader): void;
}

export function createMovableReader(first: StoreReader): MovableReader {
  let current = first;
  return {
    reader: {
      documents: { read: (key) => current.documents.read(key) },
      blobs: { open: (digest) => current.blobs.open(digest), bytes: (digest) => current.blobs.bytes(digest) },
      encodings: { find: (digest, encoding) => current.encodings.find(digest, encoding) },
      checkReadable: () => current.checkReadable(),
    },
    moveTo(next) {
      current = next;
    },
  };
}
