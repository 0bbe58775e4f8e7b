import { expect, test } from "bun:test";
import { formatSize, parseSize } from "./size.ts";

test("sizes are read by powers of 1024, with or without their unit's last letters", () => {
  expect(["100", "1K", "5 MB", "512MiB", "10g", "2TiB"].map(parseSize)).toEqual([
    100,
    1024,
    5 * 1024 ** 2,
    512 * 1024 ** 2,
    10 * 1024 ** 3,
    2 * 1024 ** 4,
  ]);
  expect(["", "-1", "1.5G", "10 apples", "1P", "999999999999999T"].map(parseSize)).toEqual(Array(6).fill(undefined));
});

test("sizes are written for people, to a tenth", () => {
  expect([0, 1, 1023, 1024, 1024 ** 2 - 1, 1_600_000, 10 * 1024 ** 3, 5000 * 1024 ** 4].map(formatSize)).toEqual([
    "0 bytes",
    "1 byte",
    "1023 bytes",
    "1 KiB",
    "1 MiB",
    "1.5 MiB",
    "10 GiB",
    "5000 TiB",
  ]);
});
