import { expect, test } from "bun:test";
import { blobKey, SitepodError } from "#model";
import { hashBytes } from "./blake3.ts";
import type { Bucket } from "./s3-bucket.ts";
import { S3Uploads } from "./s3-uploads.ts";
import type { Scratch } from "./scratch.ts";

// All else is tested against a real bucket: test/conformance/s3-store.test.ts. That one does not fail when asked to.
const content = new TextEncoder().encode("put by a client");
const digest = hashBytes(content);
const incoming = `incoming/ws1/${digest}`;

/** A bucket whose puts fail until `isDown` is set to false. */
function createBucket(bytes: Uint8Array<ArrayBuffer>) {
  const state = { isDown: true, objects: new Map([[incoming, bytes]]) };
  const { objects } = state;
  const bucket: Pick<Bucket, "list" | "find" | "put" | "copy" | "remove"> = {
    async *list(prefix) {
      for (const [key, { length: size }] of objects) if (key.startsWith(prefix)) yield { key, size, modifiedMs: 0 };
    },
    async find(key) {
      const found = objects.get(key);
      return found && { etag: "", size: found.length, body: new Blob([found]).stream() };
    },
    async put(key, body) {
      if (state.isDown) throw new SitepodError("unavailable", "The object store does not answer.");
      objects.set(key, new Uint8Array(body as Uint8Array));
    },
    async copy(from, to) {
      objects.set(to, objects.get(from)!);
    },
    remove: async (key) => objects.delete(key),
  };
  return { state, uploads: new S3Uploads(bucket as Bucket, {} as Scratch) };
}

const commit = (uploads: S3Uploads) =>
  uploads.commit("ws1", [digest]).then(
    () => "done",
    (error) => error.code,
  );

test("what a client put is still there after a commit that the bucket broke off, and the next one takes it in", async () => {
  const { state, uploads } = createBucket(content);
  expect(await commit(uploads)).toBe("unavailable");
  expect([...state.objects.keys()]).toEqual([incoming]);
  state.isDown = false;
  expect(await commit(uploads)).toBe("done");
  expect([...state.objects.keys()]).toEqual([blobKey(digest)]);
});

test("what a client put under another content's hash is thrown away", async () => {
  const { state, uploads } = createBucket(new TextEncoder().encode("something else"));
  expect(await commit(uploads)).toBe("invalid");
  expect([...state.objects.keys()]).toEqual([]);
});
