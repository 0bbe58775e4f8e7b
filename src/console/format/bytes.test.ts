import { expect, test } from "bun:test";
import { formatByteChange, formatBytes, formatCount } from "./bytes.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9_949, "9.9 kB"],
  [9_951, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [71_300_000, "71 MB"],
  [2_500_000_000_000_000, "2500 TB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("a change of size shows its sign", () => {
  expect([1200, -300, 0].map(formatByteChange)).toEqual(["+1.2 kB", "−300 B", "±0 B"]);
});

test("one is singular, none and many are plural", () => {
  expect([0, 1, 1200].map((count) => formatCount(count, "file"))).toEqual(["0 files", "1 file", "1,200 files"]);
});
