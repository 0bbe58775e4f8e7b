import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openS3Store } from "./s3.ts";

// All else that a store in a bucket does is tested against a real one: test/conformance/s3-store.test.ts.
test("an object store that does not answer is unavailable", async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), "sitepod-s3-"));
  const store = await openS3Store({
    bucket: "any",
    region: "us-east-1",
    endpoint: "http://127.0.0.1:9",
    accessKeyId: "key",
    secretAccessKey: "secret",
    presigned: false,
    cacheFolder,
    cacheBytes: 1000,
  });
  expect(await store.check().catch((error) => error.code)).toBe("unavailable");
  expect(store.presign).toBeUndefined();
  await rm(cacheFolder, { recursive: true });
});
