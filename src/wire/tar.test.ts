import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatTarHeader, MAX_TAR_FILE_BYTES, parseTarHeader, TAR_BLOCK_BYTES, tarPadding } from "./tar.ts";

test("a header says the name and size that were written", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z0-9/._-]{1,100}$/),
      fc.integer({ min: 0, max: MAX_TAR_FILE_BYTES }),
      (name, size) => {
        const header = parseTarHeader(formatTarHeader(name, size));
        expect(header).toEqual({ ok: true, value: { name: name.replace(/^\.\//, ""), size, isFile: true } });
      },
    ),
  );
});

test("a block of zeros is the end, and any other byte that changes makes it no header", () => {
  expect(parseTarHeader(new Uint8Array(TAR_BLOCK_BYTES))).toEqual({ ok: true, value: undefined });
  const header = formatTarHeader("index.json", 5);
  for (let at = 0; at < TAR_BLOCK_BYTES; at++) {
    // The checksum's own end is not part of any number.
    if (at >= 154 && at < 156) continue;
    const changed = header.slice();
    changed[at]! ^= 1;
    expect([at, parseTarHeader(changed).ok]).toEqual([at, false]);
  }
});

test("what does not fit is not written", () => {
  expect(() => formatTarHeader("a".repeat(101), 1)).toThrow(RangeError);
  expect(() => formatTarHeader("a", MAX_TAR_FILE_BYTES + 1)).toThrow(RangeError);
});

test("contents are filled up to whole blocks", () => {
  expect([0, 1, 511, 512, 513].map(tarPadding)).toEqual([0, 511, 1, 0, 511]);
});
