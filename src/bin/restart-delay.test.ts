import { expect, test } from "bun:test";
import { restartDelayMs } from "./restart-delay.ts";

test("a process that dies at once is started again after longer and longer waits, ten seconds at most", () => {
  const waits: number[] = [];
  for (let i = 0; i < 10; i++) waits.push(restartDelayMs(waits.at(-1) ?? 0, 50));
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
});

test("one that lived for a minute is started again at once", () => {
  expect(restartDelayMs(10_000, 60_000)).toBe(0);
  expect(restartDelayMs(10_000, 59_999)).toBe(10_000);
});
