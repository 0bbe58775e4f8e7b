import { expect, test } from "bun:test";
import { hashBytes, StreamHasher } from "./blake3.ts";

// The first of the official test vectors: https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors
const EMPTY = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
const BYTES_0_TO_2 = "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f";

test("bytes have the BLAKE3 of the official test vectors", () => {
  expect<string>(hashBytes(new Uint8Array(0))).toBe(EMPTY);
  expect<string>(hashBytes(new Uint8Array([0, 1, 2]))).toBe(BYTES_0_TO_2);
});

test("bytes in pieces have the hash of the whole", () => {
  const hasher = new StreamHasher();
  hasher.update(new Uint8Array([0]));
  hasher.update(new Uint8Array(0));
  hasher.update(new Uint8Array([1, 2]));
  expect<string>(hasher.digest()).toBe(BYTES_0_TO_2);
});
