import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Digest, DIGEST_BYTES, digestFromBytes, parseDigest, writeDigest } from "./digest.ts";

test("a digest is 64 lower-case hexadecimal digits and nothing else", () => {
  expect(parseDigest("a0".repeat(32))).toBe("a0".repeat(32) as Digest);
  for (const other of [
    "",
    "a0".repeat(31),
    "a0".repeat(33),
    "A0".repeat(32),
    "g0".repeat(32),
    `${"a0".repeat(32)}\n`,
  ]) {
    expect(parseDigest(other)).toBeUndefined();
  }
  expect(parseDigest(undefined)).toBeUndefined();
  expect(parseDigest({ toString: () => "a0".repeat(32) })).toBeUndefined();
});

test("a digest is written to bytes and read back at any place", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: DIGEST_BYTES, maxLength: DIGEST_BYTES }), fc.nat(10), (bytes, offset) => {
      const digest = digestFromBytes(bytes);
      expect(parseDigest(digest)).toBe(digest);
      const target = new Uint8Array(DIGEST_BYTES + offset + 1);
      writeDigest(digest, target, offset);
      expect(digestFromBytes(target, offset)).toBe(digest);
      expect([...target.subarray(0, offset), target.at(-1)].every((byte) => byte === 0)).toBe(true);
    }),
  );
});
