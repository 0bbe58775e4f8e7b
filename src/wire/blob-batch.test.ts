import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Digest } from "#model";
import { encodeBatch, MAX_BATCH_BLOBS, parseBatch } from "./blob-batch.ts";

const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex") as Digest);
const blob = fc.record({ digest, bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)) });

test("what goes into a batch comes out of it", () => {
  fc.assert(
    fc.property(fc.array(blob), (blobs) => {
      const parsed = parseBatch(encodeBatch(blobs));
      expect(parsed.ok && parsed.value.map(({ digest, bytes }) => [digest, [...bytes]])).toEqual(
        blobs.map(({ digest, bytes }) => [digest, [...bytes]]),
      );
    }),
  );
});

test("a batch that was cut off anywhere within a blob is refused", () => {
  const whole = encodeBatch([{ digest: "ab".repeat(32) as Digest, bytes: new Uint8Array(10) }]);
  for (let length = 1; length < whole.length; length++) {
    expect(parseBatch(whole.slice(0, length)).ok).toBe(false);
  }
});

test("a batch of too many blobs is refused", () => {
  const blobs = Array.from({ length: MAX_BATCH_BLOBS + 1 }, () => ({
    digest: "ab".repeat(32) as Digest,
    bytes: new Uint8Array(0),
  }));
  expect(parseBatch(encodeBatch(blobs)).ok).toBe(false);
  expect(parseBatch(encodeBatch(blobs.slice(1))).ok).toBe(true);
});

test("no bytes whatever make the parser throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseBatch(new Uint8Array(bytes))));
});
