import { expect, test } from "bun:test";
import { savedPercent } from "./saved-percent.ts";

test("what was saved is the part of what was released that is not kept, rounded down", () => {
  expect(savedPercent(1000, 250)).toBe(75);
  expect(savedPercent(1000, 999)).toBe(0);
});

test("manifests can make what is kept more than the files: nothing was saved then", () => {
  expect(savedPercent(100, 300)).toBe(0);
});

test("of nothing, nothing is told", () => {
  expect(savedPercent(0, 10)).toBeUndefined();
});
