import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBytes } from "./blake3.ts";
import type { S3Options } from "./ports.ts";
import { openS3Store } from "./s3.ts";

// All else that a store in a bucket does is tested against a real one: test/conformance/s3-store.test.ts.
let cacheFolder: string;
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "sitepod-s3-"));
});
afterEach(() => rm(cacheFolder, { recursive: true }));

const open = (options: Partial<S3Options>) =>
  openS3Store({
    bucket: "any",
    region: "us-east-1",
    accessKeyId: "key",
    secretAccessKey: "secret",
    presigned: false,
    cacheFolder,
    cacheBytes: 1000,
    ...options,
  });

test("an object store that does not answer is unavailable", async () => {
  const endpoint = "http://127.0.0.1:9";
  const store = await open({ endpoint });
  expect(await store.check().catch((error) => error.code)).toBe("unavailable");
  expect(store.presign).toBeUndefined();
  expect(await open({ endpoint, isProbedAtOnce: true }).catch((error) => error.code)).toBe("unavailable");
});

const endpoint = "https://store.example:8443";
for (const [how, options, start] of [
  ["by host at Amazon", {}, "https://any.s3.us-east-1.amazonaws.com/incoming/"],
  ["by path at another endpoint", { endpoint }, "https://store.example:8443/any/incoming/"],
  ["by host where that is told", { endpoint, addressing: "host" }, "https://any.store.example:8443/incoming/"],
] as const) {
  test(`a bucket is addressed ${how}`, async () => {
    const store = await open({ presigned: true, ...options });
    const content = new TextEncoder().encode("content");
    const url = await store.presign!("ws1", hashBytes(content), content.length, "00".repeat(32));
    expect(url).toStartWith(start);
  });
}
