import { expect, test } from "bun:test";
import { judge } from "./goals.ts";

test("a goal is met at its bound, and missed beyond it", () => {
  const faster = (value: number) => judge({ name: "faster", value, unit: "×", atLeast: 1.5 }).met;
  expect([1.49, 1.5, 1.51].map(faster)).toEqual([false, true, true]);
  const smaller = (value: number) => judge({ name: "smaller", value, unit: "MB", atMost: 80 }).met;
  expect([79.99, 80, 80.01].map(smaller)).toEqual([true, true, false]);
});

test("what was not measured meets no goal", () => {
  expect(judge({ name: "faster", value: Number.NaN, unit: "×", atLeast: 1 }).met).toBe(false);
});
