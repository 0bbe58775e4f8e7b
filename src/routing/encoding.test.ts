import { expect, test } from "bun:test";
import fc from "fast-check";
import { isCompressible, parseAcceptEncoding } from "./encoding.ts";

test.each([
  ["gzip, deflate, br, zstd", ["br", "zstd", "gzip", "identity"]],
  ["gzip, deflate, br", ["br", "gzip", "identity"]],
  ["gzip", ["gzip", "identity"]],
  ["X-GZIP", ["gzip", "identity"]],
  ["gzip;q=1.0, br;q=0.5", ["gzip", "br", "identity"]],
  ["br;q=0.5, gzip;q=0.8, zstd;q=0.8", ["zstd", "gzip", "br", "identity"]],
  ["br ; q=0.001", ["br", "identity"]],
  ["*", ["br", "zstd", "gzip", "identity"]],
  ["*;q=0", []],
  ["gzip, *;q=0", ["gzip"]],
  ["br;q=0, *", ["zstd", "gzip", "identity"]],
  ["identity", ["identity"]],
  ["identity;q=0", []],
  ["identity;q=0, gzip", ["gzip"]],
  ["identity, gzip;q=0.5", ["identity", "gzip"]],
  ["identity;q=0.5, gzip;q=0.1", ["identity", "gzip"]],
  ["identity, *;q=0", ["identity"]],
  ["", ["identity"]],
  ["deflate, compress", ["identity"]],
  ["br;q=2", ["identity"]],
  ["br;q=, gzip;level=9, zstd", ["zstd", "identity"]],
  [", ,gzip,", ["gzip", "identity"]],
] as const)("%p", (header, codings) => {
  expect(parseAcceptEncoding(header)).toEqual([...codings]);
});

test("no header makes it fail, or choose a coding twice", () => {
  const part = fc.constantFrom("br", "gzip", "identity", "*", ";q=", "0", "1", ".5", ",", " ", "é");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const codings = parseAcceptEncoding(parts.join(""));
      expect(new Set(codings).size).toBe(codings.length);
    }),
  );
});

test.each([
  ["text/html; charset=utf-8", true],
  ["text/javascript; charset=utf-8", true],
  ["application/json", true],
  ["application/manifest+json", true],
  ["image/svg+xml", true],
  ["application/wasm", true],
  ["font/ttf", true],
  ["font/woff2", false],
  ["image/png", false],
  ["image/avif", false],
  ["video/mp4", false],
  ["application/zip", false],
  ["application/octet-stream", false],
])("%s is compressible: %p", (type, expected) => {
  expect(isCompressible(type, 4096)).toBe(expected);
});

test("what is tiny or huge is sent as it is", () => {
  expect(isCompressible("text/plain", 1023)).toBe(false);
  expect(isCompressible("text/plain", 1024)).toBe(true);
  expect(isCompressible("text/plain", 16 * 1024 * 1024 + 1)).toBe(false);
});
