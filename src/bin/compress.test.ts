import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { compress } from "./compress.ts";
import { createCompressor } from "./compressor.ts";

const TEXT = Buffer.from(Array.from({ length: 5000 }, (_, i) => `line ${i % 700}\n`).join(""));

test("what is compressed is the content again when it is taken apart", () => {
  const { br, zstd, gzip } = compress(TEXT);
  expect(brotliDecompressSync(br).equals(TEXT)).toBe(true);
  expect(zstdDecompressSync(zstd).equals(TEXT)).toBe(true);
  expect(gunzipSync(gzip).equals(TEXT)).toBe(true);
});

test("the same content is compressed to the same bytes", () => {
  expect(compress(TEXT)).toEqual(compress(TEXT));
});

test("noise is not worth compressing", () => {
  expect(Object.values(compress(randomBytes(10_000))).map(({ length }) => length)).toEqual([0, 0, 0]);
});

test("a thread of its own compresses, again after it has been stopped", async () => {
  const compressor = createCompressor();
  expect(await compressor.compress(TEXT)).toEqual(compress(TEXT));
  compressor.stop();
  expect(await compressor.compress(TEXT)).toEqual(compress(TEXT));
  compressor.stop();
});
