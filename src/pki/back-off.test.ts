import { expect, test } from "bun:test";
import { backOffMs } from "./back-off.ts";

const MINUTE_MS = 60_000;

test("waits grow from one minute to six hours", () => {
  const minutes = Array.from({ length: 8 }, (_, i) => backOffMs(i + 1, 0) / MINUTE_MS);
  expect(minutes).toEqual([1, 3, 9, 27, 81, 243, 360, 360]);
});

test("no more than five tries fall within an hour, as Let's Encrypt allows", () => {
  let atMs = 0;
  const tries = [0];
  for (let failures = 1; failures < 20; failures++) tries.push((atMs += backOffMs(failures, 0)));
  for (const start of tries) {
    expect(tries.filter((time) => time >= start && time < start + 60 * MINUTE_MS).length).toBeLessThanOrEqual(5);
  }
});

test("chance makes a wait up to a tenth longer, so that many names do not come back at once", () => {
  expect(backOffMs(1, 0.5)).toBe(63_000);
  expect(backOffMs(50, 1)).toBe(6.6 * 60 * MINUTE_MS);
});
