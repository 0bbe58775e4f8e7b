import { blobKey, type Digest, parseDigest, SitepodError } from "#model";
import type { BlobCache } from "./blob-cache.ts";
import { findBytes } from "./files.ts";
import { checkDigest } from "./keys.ts";
import type { Blobs, StoredBlob } from "./ports.ts";
import type { Bucket } from "./s3-bucket.ts";

/** Blobs as objects, read through a cache on disk: a blob never changes, so what is cached is right for ever. */
export class S3Blobs implements Blobs {
  readonly #bucket: Bucket;
  readonly #cache: BlobCache;

  constructor(bucket: Bucket, cache: BlobCache) {
    this.#bucket = bucket;
    this.#cache = cache;
  }

  async has(digest: Digest): Promise<boolean> {
    return this.#bucket.has(blobKey(checkDigest(digest)));
  }

  async size(digest: Digest): Promise<number | undefined> {
    return this.#bucket.size(blobKey(checkDigest(digest)));
  }

  async open(digest: Digest): Promise<Blob> {
    const path = await this.#cache.findPath(blobKey(checkDigest(digest)));
    if (path === undefined) throw new SitepodError("not_found", `Blob ${digest} is not stored`);
    return Bun.file(path);
  }

  async bytes(digest: Digest): Promise<Uint8Array | undefined> {
    const path = await this.#cache.findPath(blobKey(checkDigest(digest)));
    return path === undefined ? undefined : findBytes(path);
  }

  async *list(): AsyncIterable<StoredBlob> {
    for await (const { key, size, modifiedMs } of this.#bucket.list("blobs/")) {
      const digest = parseDigest(key.split("/")[2]);
      if (digest) yield { digest, size, modifiedMs };
    }
  }

  remove(digest: Digest): Promise<boolean> {
    return this.#bucket.remove(blobKey(checkDigest(digest)));
  }
}
