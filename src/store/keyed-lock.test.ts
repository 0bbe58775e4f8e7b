import { expect, test } from "bun:test";
import { KeyedLock } from "./keyed-lock.ts";

test("tasks of one key run one after another, in order, past one that fails", async () => {
  const lock = new KeyedLock();
  const log: string[] = [];
  const task = (name: string) => async () => {
    log.push(`${name} starts`);
    await Bun.sleep(1);
    log.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => lock.run("key", task(name))));
  expect(log).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("tasks of different keys do not wait for each other", async () => {
  const lock = new KeyedLock();
  const never = Promise.withResolvers<void>();
  const waiting = lock.run("a", () => never.promise);
  expect(await lock.run("b", async () => "ran")).toBe("ran");
  never.resolve();
  await waiting;
});
