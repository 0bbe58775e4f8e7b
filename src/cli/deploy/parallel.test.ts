import { expect, test } from "bun:test";
import { forEachParallel } from "./parallel.ts";

test("no more run at a time than are allowed, and all of them run", async () => {
  let [running, most, done] = [0, 0, 0];
  await forEachParallel(Array.from({ length: 50 }), 4, async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    done++;
  });
  expect({ most, done }).toEqual({ most: 4, done: 50 });
});

test("after an error nothing begins, and what has begun is waited for", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = forEachParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("one");
    await Promise.resolve();
    ended.push(item);
  });
  expect(work).rejects.toThrow("one");
  await work.catch(() => {});
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});
