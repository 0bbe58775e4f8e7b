import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { blobKey, type Digest, parseDigest, SitepodError } from "#model";
import { DigestSet } from "./digest-set.ts";
import { inParallel } from "./in-parallel.ts";
import { checkDigest, checkWorkspace, stagedKey } from "./keys.ts";
import type { NamedContent } from "./pack.ts";
import type { Staged, Uploads } from "./ports.ts";
import type { Bucket } from "./s3-bucket.ts";
import { removeLeftovers } from "./s3-leftovers.ts";
import { putFile } from "./s3-multipart.ts";
import type { Scratch } from "./scratch.ts";
import { type Chunks, collectBody, requireDigest, SMALL_BODY_BYTES, verifiedBody } from "./verified-body.ts";

const PARALLEL_REQUESTS = 16;
const PRESIGNED_FOR_S = 60 * 60;

/**
 * Staged blobs as objects. Those at `uploads/` passed through this server and are verified. Those at `incoming/` were
 * put there by clients with a presigned URL: nothing is known of them until their bytes have been read here.
 */
export class S3Uploads implements Uploads {
  readonly #bucket: Bucket;
  readonly #scratch: Scratch;

  constructor(bucket: Bucket, scratch: Scratch) {
    this.#bucket = bucket;
    this.#scratch = scratch;
  }

  async stage(workspace: string, digest: Digest, size: number, body: Chunks): Promise<void> {
    const key = stagedKey(workspace, digest);
    const verified = verifiedBody(body, digest, size);
    if (size <= SMALL_BODY_BYTES) return this.#bucket.put(key, await collectBody(verified, size));
    await this.#scratch.write(verified, { sync: false }, async (path) => {
      await putFile(this.#bucket, key, path, size);
    });
  }

  async stageAll(workspace: string, contents: readonly NamedContent[]): Promise<void> {
    for (const { digest, bytes } of contents) requireDigest(bytes, digest);
    await inParallel(contents, PARALLEL_REQUESTS, ({ digest, bytes }) =>
      this.#bucket.put(stagedKey(workspace, digest), bytes),
    );
  }

  async staged(workspace: string): Promise<Staged> {
    const uploads = await this.#digests(`uploads/${checkWorkspace(workspace)}/`);
    const incoming = await this.#digests(`incoming/${checkWorkspace(workspace)}/`);
    return { has: (digest) => uploads.has(digest) || incoming.has(digest) };
  }

  async bytes(workspace: string, digest: Digest): Promise<Uint8Array | undefined> {
    const found = await this.#bucket.find(stagedKey(workspace, digest));
    return found && collectBody(found.body, found.size);
  }

  async commit(workspace: string, digests: Iterable<Digest>): Promise<void> {
    const wanted = DigestSet.of(digests);
    const incoming = await this.#digests(`incoming/${checkWorkspace(workspace)}/`, wanted);
    await inParallel(incoming, PARALLEL_REQUESTS, (digest) => this.#takeIn(workspace, digest));
    const uploads = await this.#digests(`uploads/${checkWorkspace(workspace)}/`, wanted);
    await inParallel(uploads, PARALLEL_REQUESTS, (digest) => this.#promote(workspace, digest));
  }

  async expire(keep: (workspace: string, digest: Digest) => boolean): Promise<number> {
    const expired: string[] = [];
    for (const folder of ["uploads/", "incoming/"]) {
      for await (const { key } of this.#bucket.list(folder)) {
        const [, workspace = "", name] = key.split("/");
        const digest = parseDigest(name);
        if (!digest || !keep(workspace, digest)) expired.push(key);
      }
    }
    await inParallel(expired, PARALLEL_REQUESTS, (key) => this.#bucket.remove(key));
    await removeLeftovers(this.#bucket, Date.now());
    return expired.length;
  }

  async presign(workspace: string, digest: Digest, size: number, sha256: string): Promise<string> {
    const put = new PutObjectCommand({
      Bucket: this.#bucket.name,
      Key: incomingKey(workspace, digest),
      ContentLength: size,
      ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
    });
    return getSignedUrl(this.#bucket.client, put, {
      expiresIn: PRESIGNED_FOR_S,
      unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
    });
  }

  /**
   * Verifies what a client put and keeps the very bytes that were read: copying the object instead would let the client
   * change it in between, and so give everybody's blob another content.
   */
  async #takeIn(workspace: string, digest: Digest): Promise<void> {
    const key = incomingKey(workspace, digest);
    const found = await this.#bucket.find(key);
    try {
      if (found) await this.stage(workspace, digest, found.size, found.body);
    } catch (error) {
      // What could not be taken in for another reason than itself is there for the next try.
      if (error instanceof SitepodError && error.code === "invalid") await this.#bucket.remove(key);
      throw error;
    }
    await this.#bucket.remove(key);
  }

  async #promote(workspace: string, digest: Digest): Promise<void> {
    const staged = stagedKey(workspace, digest);
    try {
      await this.#bucket.copy(staged, blobKey(digest));
    } catch (error) {
      // Another commit of the workspace, perhaps of another process, may have done it at the same time.
      if ((await this.#bucket.has(staged)) || !(await this.#bucket.has(blobKey(digest)))) throw error;
      return;
    }
    await this.#bucket.remove(staged);
  }

  /** Lists what is at `prefix`: all of it, or what is wanted. */
  async #digests(prefix: string, wanted?: DigestSet): Promise<DigestSet> {
    const digests = new DigestSet();
    for await (const { key } of this.#bucket.list(prefix)) {
      const digest = parseDigest(key.slice(prefix.length));
      if (digest && (!wanted || wanted.has(digest))) digests.add(digest);
    }
    return digests;
  }
}

const incomingKey = (workspace: string, digest: Digest): string =>
  `incoming/${checkWorkspace(workspace)}/${checkDigest(digest)}`;
