import { expect, test } from "bun:test";
import { percentile } from "./latency.ts";

test("99 of 100 waits do not exceed the 99th percentile", () => {
  const waits = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(percentile(waits, 0.99)).toBe(198);
  expect(percentile([7], 0.99)).toBe(7);
  expect(() => percentile([], 0.99)).toThrow(RangeError);
});
