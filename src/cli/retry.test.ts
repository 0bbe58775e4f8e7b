import { expect, test } from "bun:test";
import { retryDelayMs } from "./retry.ts";

const repeatable = { maxTries: 6, isRepeatable: true };
const once = { maxTries: 6, isRepeatable: false };

test("delays double, with half of each drawn by lot, up to ten seconds", () => {
  const delays = (random: number) =>
    [1, 2, 3, 4, 5].map((tries) => retryDelayMs({ kind: "unknown" }, tries, repeatable, random));
  expect(delays(0)).toEqual([125, 250, 500, 1000, 2000]);
  expect(delays(1)).toEqual([250, 500, 1000, 2000, 4000]);
  expect(retryDelayMs({ kind: "unknown" }, 40, { ...repeatable, maxTries: 99 }, 1)).toBe(10_000);
});

test("it gives up after the last try, and where trying again changes nothing", () => {
  expect(retryDelayMs({ kind: "refused" }, 6, repeatable, 0)).toBeUndefined();
  expect(retryDelayMs({ kind: "final" }, 1, repeatable, 0)).toBeUndefined();
});

test("what must not happen twice is tried again only where the server did not act on it", () => {
  expect(retryDelayMs({ kind: "unknown" }, 1, once, 0)).toBeUndefined();
  expect(retryDelayMs({ kind: "refused" }, 1, once, 0)).toBe(125);
});

test("the server's word on when to come back is kept, unless it is longer than a minute", () => {
  expect(retryDelayMs({ kind: "refused", retryAfterS: 7 }, 1, once, 0)).toBe(7000);
  expect(retryDelayMs({ kind: "refused", retryAfterS: 61 }, 1, once, 0)).toBeUndefined();
});
