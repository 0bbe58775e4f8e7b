import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SitepodError } from "#model";
import { hashBytes, openS3Store, type S3Options, type Store } from "#store";
import { describeStore } from "../../src/store/conformance.ts";
import { filled, stagedOf } from "../../src/store/conformance-contents.ts";
import { newBucket } from "../lab/new-bucket.ts";
import { startS3Lab } from "../lab/s3-lab.ts";

const lab = await startS3Lab();
afterAll(lab.stop);

async function newStoreOptions(): Promise<S3Options> {
  const cacheFolder = await mkdtemp(join(tmpdir(), "sitepod-s3-"));
  return { ...(await newBucket(lab)), cacheFolder, cacheBytes: 10_000_000 };
}

const reason = lab.endpoint ? "" : ` (skipped: ${lab.skipped})`;

describe.skipIf(!lab.endpoint)(`against Ceph${reason}`, () => {
  describeStore("the store in a bucket", async () => {
    const options = await newStoreOptions();
    return {
      store: await openS3Store(options),
      async close() {
        expect(await readdir(join(options.cacheFolder, "tmp"))).toEqual([]);
        await rm(options.cacheFolder, { recursive: true });
      },
    };
  });

  describe("presigned uploads", () => {
    const content = filled(400_000, 3);
    const digest = hashBytes(content);
    let options: S3Options;
    let store: Store;
    beforeAll(async () => {
      options = await newStoreOptions();
      store = await openS3Store(options);
    });
    afterAll(() => rm(options.cacheFolder, { recursive: true }));

    const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes);
    /** Asks for a URL for the body `planned`, then sends `sent` to it, with the checksum of `summed`. */
    async function put(sent: Uint8Array, planned = sent, summed = planned): Promise<Response> {
      const url = await store.presign!("ws1", digest, planned.length, sha256(planned).digest("hex"));
      const headers = { "x-amz-checksum-sha256": sha256(summed).digest("base64") };
      return fetch(url, { method: "PUT", headers, body: new Uint8Array(sent) });
    }

    test("become blobs at commit", async () => {
      expect((await put(content)).status).toBe(200);
      expect(await stagedOf(store.uploads, "ws1", [digest])).toEqual(new Set([digest]));
      expect(await store.blobs.has(digest)).toBe(false);
      await store.uploads.commit("ws1", [digest]);
      expect(await store.blobs.bytes(digest)).toEqual(content);
      expect(await stagedOf(store.uploads, "ws1", [digest])).toEqual(new Set());
      await store.blobs.remove(digest);
    });

    test("of another length or hash than was signed are refused by the object store", async () => {
      expect((await put(new Uint8Array([...content, 0]), content)).status).toBe(403);
      expect((await put(content.subarray(1), content)).status).toBe(403);
      expect((await put(content, content, filled(400_000, 4))).status).toBe(403);
      expect(await stagedOf(store.uploads, "ws1", [digest])).toEqual(new Set());
    });

    test("that are not what their digest says never become a blob", async () => {
      expect((await put(filled(400_000, 4))).status).toBe(200);
      const failure = await store.uploads.commit("ws1", [digest]).catch((error) => error);
      expect(failure).toBeInstanceOf(SitepodError);
      expect(failure.code).toBe("invalid");
      expect(await store.blobs.has(digest)).toBe(false);
      expect(await stagedOf(store.uploads, "ws1", [digest])).toEqual(new Set());
    });
  });

  test("a bucket that is not there fails the check", async () => {
    const options = await newStoreOptions();
    const store = await openS3Store({ ...options, bucket: "not-there" });
    await expect(store.check()).rejects.toThrow();
    await rm(options.cacheFolder, { recursive: true });
  });
});
