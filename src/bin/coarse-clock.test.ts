import { expect, test } from "bun:test";
import { waitUntil } from "../../test/harness/wait-until.ts";
import { createCoarseClock } from "./coarse-clock.ts";

test("the clock goes on while it is asked, and tells the time at once after a rest", async () => {
  const clock = createCoarseClock();
  const first = clock();
  expect(Math.abs(Date.now() - first)).toBeLessThan(50);
  await waitUntil("the clock has gone on", () => clock() > first);
  // Longer than it is asked for by nobody before it sleeps.
  const rested = Date.now() + 100;
  await waitUntil("it has slept", () => Date.now() > rested);
  const before = Date.now();
  expect(clock()).toBeGreaterThanOrEqual(before - 25);
});
