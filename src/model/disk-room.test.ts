import { expect, test } from "bun:test";
import { isNearlyFull, requireDiskRoom, reservedBytes } from "./disk-room.ts";

const MIB = 1024 ** 2;
const reserve = { bytes: 100 * MIB, share: 0.02 };

test("the reserve is the larger of its bytes and its share of the disk", () => {
  expect(reservedBytes({ free: 0, total: 1000 * MIB }, reserve)).toBe(100 * MIB);
  expect(reservedBytes({ free: 0, total: 10_000 * MIB }, reserve)).toBe(200 * MIB);
});

test("what would leave less than the reserve is refused, and told what is free, what is kept and what is to be written", () => {
  const space = { free: 150 * MIB, total: 1000 * MIB };
  expect(() => requireDiskRoom(space, reserve, 50 * MIB)).not.toThrow();
  expect(() => requireDiskRoom(space, reserve, 50 * MIB + 1)).toThrow(
    "nearly full: 150 MiB are free, of which 100 MiB are kept in reserve, and 50 MiB are to be written",
  );
  expect(isNearlyFull(space, reserve)).toBe(false);
});

test("once the reserve is touched nothing is written, however little", () => {
  const space = { free: 100 * MIB - 1, total: 1000 * MIB };
  expect(isNearlyFull(space, reserve)).toBe(true);
  expect(() => requireDiskRoom(space, reserve, 0)).toThrow("of which 100 MiB are kept in reserve. Sites are served");
});
