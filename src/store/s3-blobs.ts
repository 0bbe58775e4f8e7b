import { blobKey, type Digest, parseDigest, quarantineKey, SitepodError } from "#model";
import type { BlobCache } from "./blob-cache.ts";
import { findBytes } from "./files.ts";
import { checkDigest, isWithin } from "./keys.ts";
import type { Blobs, DigestRange, Stored, StoredBlob } from "./ports.ts";
import type { Bucket } from "./s3-bucket.ts";
import { putFile } from "./s3-multipart.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, collectBody, SMALL_BODY_BYTES, verifiedBody } from "./verified-body.ts";

/** Blobs as objects, read through a cache on disk: a blob never changes, so what is cached is right for ever. */
export class S3Blobs implements Blobs {
  readonly #bucket: Bucket;
  readonly #cache: BlobCache;
  readonly #scratch: Scratch;

  constructor(bucket: Bucket, cache: BlobCache, scratch: Scratch) {
    this.#bucket = bucket;
    this.#cache = cache;
    this.#scratch = scratch;
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

  async *list(range: DigestRange = {}): AsyncIterable<StoredBlob> {
    const { from = "", before } = range;
    for await (const { key, size, modifiedMs } of this.#bucket.list("blobs/", `blobs/${from}`)) {
      const digest = parseDigest(key.split("/")[2]);
      // A bucket lists its keys in order.
      if (digest && before !== undefined && digest >= before) return;
      if (digest && isWithin(digest.slice(0, 2), range)) yield { digest, size, modifiedMs };
    }
  }

  read(digest: Digest): Promise<Stored | undefined> {
    return this.#bucket.find(blobKey(checkDigest(digest)));
  }

  async write(digest: Digest, size: number, body: Chunks): Promise<void> {
    const key = blobKey(checkDigest(digest));
    const verified = verifiedBody(body, digest, size);
    if (size <= SMALL_BODY_BYTES) return await this.#bucket.put(key, await collectBody(verified, size));
    await this.#scratch.write(verified, { sync: false, mode: 0o600 }, async (path) => {
      await putFile(this.#bucket, key, path, size);
    });
  }

  async quarantine(digest: Digest): Promise<boolean> {
    const key = blobKey(checkDigest(digest));
    if (!(await this.#bucket.has(key))) return false;
    await this.#bucket.copy(key, quarantineKey(digest));
    return await this.#bucket.remove(key);
  }

  remove(digest: Digest): Promise<boolean> {
    return this.#bucket.remove(blobKey(checkDigest(digest)));
  }
}
