import { LRUCache } from "lru-cache";
import { type Digest, type Manifest, openManifest } from "#model";
import type { Blobs } from "./ports.ts";

/** Bytes of manifests kept open. Large ones are mapped files: the machine may drop their pages at any time. */
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

export type ReadManifest = (digest: Digest) => Promise<Manifest | undefined>;

/**
 * Makes a reader of manifests that keeps those used last open: a manifest never changes. It answers undefined where the
 * blob is absent, which it does not remember, or is no manifest.
 */
export function createManifestReader(blobs: Pick<Blobs, "bytes">, maxBytes = DEFAULT_CACHE_BYTES): ReadManifest {
  const cache = new LRUCache<Digest, Manifest>({
    maxSize: maxBytes,
    async fetchMethod(digest, _stale, { options }) {
      const bytes = await blobs.bytes(digest);
      if (bytes === undefined) return undefined;
      options.size = bytes.length;
      return openManifest(bytes);
    },
  });
  return async (digest) => cache.get(digest) ?? cache.fetch(digest);
}
