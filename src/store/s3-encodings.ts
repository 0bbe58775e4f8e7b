import { type Digest, type Encoded, type Encoding, encodingKey, ENCODINGS, parseDigest } from "#model";
import type { BlobCache } from "./blob-cache.ts";
import { checkDigest } from "./keys.ts";
import type { Encodings, Stored } from "./ports.ts";
import type { Bucket } from "./s3-bucket.ts";

/** Encodings as objects, read through a cache on disk. They are put in the order of `ENCODINGS`: the last tells of all. */
export class S3Encodings implements Encodings {
  readonly #bucket: Bucket;
  readonly #cache: BlobCache;

  constructor(bucket: Bucket, cache: BlobCache) {
    this.#bucket = bucket;
    this.#cache = cache;
  }

  async has(digest: Digest): Promise<boolean> {
    return this.#bucket.has(encodingKey(checkDigest(digest), ENCODINGS.at(-1)!));
  }

  async find(digest: Digest, encoding: Encoding): Promise<Blob | undefined> {
    const path = await this.#cache.findPath(encodingKey(checkDigest(digest), encoding));
    return path === undefined ? undefined : Bun.file(path);
  }

  read(digest: Digest, encoding: Encoding): Promise<Stored | undefined> {
    return this.#bucket.find(encodingKey(checkDigest(digest), encoding));
  }

  async *list(): AsyncIterable<Digest> {
    const listed = new Set<Digest>();
    for await (const { key } of this.#bucket.list("encodings/")) {
      const digest = parseDigest(key.split("/")[2]?.split(".")[0]);
      if (!digest || listed.has(digest)) continue;
      listed.add(digest);
      yield digest;
    }
  }

  async write(digest: Digest, encoded: Encoded): Promise<void> {
    for (const encoding of ENCODINGS)
      await this.#bucket.put(encodingKey(checkDigest(digest), encoding), encoded[encoding]);
  }

  async remove(digest: Digest): Promise<void> {
    for (const encoding of ENCODINGS.toReversed())
      await this.#bucket.remove(encodingKey(checkDigest(digest), encoding));
  }
}
