import { type Digest, type Encoded, SitepodError } from "#model";
import { Changes } from "./changes.ts";
import { checkDigest, checkDocumentKey, checkPrefix, isWithin, stagedKey } from "./keys.ts";
import type { Blobs, Documents, Encodings, Store, Stored, Uploads } from "./ports.ts";
import { collectBody, requireDigest, verifiedBody } from "./verified-body.ts";

interface Held {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly modifiedMs: number;
}

/** Opens a store that is gone with the process: for tests. `now` gives milliseconds since the epoch. */
export function openMemoryStore(now: () => number = Date.now): Store {
  const blobs = new Map<Digest, Held>();
  return {
    documents: memoryDocuments(),
    blobs: memoryBlobs(blobs, now),
    encodings: memoryEncodings(),
    uploads: memoryUploads(blobs, now),
    check: async () => {},
    checkReadable: async () => {},
  };
}

function memoryDocuments(): Documents {
  const texts = new Map<string, string>();
  const changes = new Changes();
  const changed = (key: string) => {
    changes.notify(key);
    return true;
  };
  return {
    read: async (key) => texts.get(checkDocumentKey(key)),
    async create(key, text) {
      if (texts.has(checkDocumentKey(key))) return false;
      texts.set(key, text);
      return changed(key);
    },
    async replace(key, expected, text) {
      if (texts.get(checkDocumentKey(key)) !== expected) return false;
      texts.set(key, text);
      return changed(key);
    },
    async remove(key) {
      return texts.delete(checkDocumentKey(key)) && changed(key);
    },
    async *list(prefix) {
      checkPrefix(prefix);
      yield* [...texts.keys()].filter((key) => key.startsWith(prefix));
    },
    subscribe: (listener) => changes.subscribe(listener),
  };
}

const storedOf = (bytes: Uint8Array<ArrayBuffer>): Stored => ({ size: bytes.length, body: new Blob([bytes]).stream() });

function memoryBlobs(blobs: Map<Digest, Held>, now: () => number): Blobs {
  return {
    has: async (digest) => blobs.has(checkDigest(digest)),
    size: async (digest) => blobs.get(checkDigest(digest))?.bytes.length,
    async open(digest) {
      const held = blobs.get(checkDigest(digest));
      if (!held) throw new SitepodError("not_found", `Blob ${digest} is not stored`);
      return new Blob([held.bytes]);
    },
    bytes: async (digest) => blobs.get(checkDigest(digest))?.bytes,
    async *list(range) {
      for (const digest of [...blobs.keys()].toSorted()) {
        const held = isWithin(digest.slice(0, 2), range) && blobs.get(digest);
        if (held) yield { digest, size: held.bytes.length, modifiedMs: held.modifiedMs };
      }
    },
    async read(digest) {
      const held = blobs.get(checkDigest(digest));
      return held && storedOf(held.bytes);
    },
    async write(digest, size, body) {
      blobs.set(digest, { bytes: await collectBody(verifiedBody(body, digest, size), size), modifiedMs: now() });
    },
    quarantine: async (digest) => blobs.delete(checkDigest(digest)),
    remove: async (digest) => blobs.delete(checkDigest(digest)),
  };
}

function memoryEncodings(): Encodings {
  const all = new Map<Digest, Encoded>();
  return {
    has: async (digest) => all.has(checkDigest(digest)),
    async find(digest, encoding) {
      const bytes = all.get(checkDigest(digest))?.[encoding];
      return bytes && new Blob([new Uint8Array(bytes)]);
    },
    async read(digest, encoding) {
      const bytes = all.get(checkDigest(digest))?.[encoding];
      return bytes && storedOf(new Uint8Array(bytes));
    },
    async *list() {
      yield* all.keys();
    },
    write: async (digest, encoded) => void all.set(checkDigest(digest), encoded),
    remove: async (digest) => void all.delete(checkDigest(digest)),
  };
}

function memoryUploads(blobs: Map<Digest, Held>, now: () => number): Uploads {
  const staged = new Map<string, Held & { readonly workspace: string; readonly digest: Digest }>();
  return {
    async stage(workspace, digest, size, body) {
      const key = stagedKey(workspace, digest);
      const bytes = await collectBody(verifiedBody(body, digest, size), size);
      staged.set(key, { workspace, digest, bytes, modifiedMs: now() });
    },
    async stageAll(workspace, contents) {
      for (const { digest, bytes } of contents) requireDigest(bytes, digest);
      for (const { digest, bytes } of contents) {
        staged.set(stagedKey(workspace, digest), { workspace, digest, bytes: bytes.slice(), modifiedMs: now() });
      }
    },
    staged: async (workspace) => ({ has: (digest) => staged.has(stagedKey(workspace, digest)) }),
    bytes: async (workspace, digest) => staged.get(stagedKey(workspace, digest))?.bytes,
    async commit(workspace, digests) {
      for (const digest of digests) {
        const key = stagedKey(workspace, digest);
        const held = staged.get(key);
        if (held) blobs.set(digest, { bytes: held.bytes, modifiedMs: now() });
        staged.delete(key);
      }
    },
    async expire(keep) {
      const gone = [...staged].filter(([, { workspace, digest }]) => !keep(workspace, digest));
      for (const [key] of gone) staged.delete(key);
      return gone.length;
    },
  };
}
