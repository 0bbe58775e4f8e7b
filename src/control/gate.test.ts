import { expect, test } from "bun:test";
import { createGate, createKeyedQueue, createQueue, createTurns } from "./gate.ts";

test("shared works run side by side and wait for one that is alone", async () => {
  const gate = createGate();
  const order: string[] = [];
  const firstMayEnd = Promise.withResolvers<void>();
  const first = gate.shared(async () => {
    order.push("first begins");
    await firstMayEnd.promise;
    order.push("first ends");
  });
  const second = gate.shared(async () => void order.push("second"));
  await second;
  const alone = gate.alone(async () => void order.push("alone"));
  const late = gate.shared(async () => void order.push("late"));
  expect(order).toEqual(["first begins", "second"]);
  firstMayEnd.resolve();
  await Promise.all([first, alone, late]);
  expect(order).toEqual(["first begins", "second", "first ends", "alone", "late"]);
});

test("a work that fails lets the next one in", async () => {
  const queue = createQueue();
  const failing = queue(async () => Promise.reject(new Error("broken")));
  const next = queue(async () => "done");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("done");
});

test("works of one key wait for one another, also for one that fails, and those of another key do not", async () => {
  const queue = createKeyedQueue();
  const order: string[] = [];
  const mayFail = Promise.withResolvers<void>();
  const failing = queue("a", async () => {
    await mayFail.promise;
    order.push("a fails");
    throw new Error("broken");
  });
  const next = queue("a", async () => order.push("a goes on"));
  await queue("b", async () => order.push("b"));
  mayFail.resolve();
  await expect(failing).rejects.toThrow("broken");
  await next;
  expect(order).toEqual(["b", "a fails", "a goes on"]);
});

test("work that is under way is not begun a second time, and again once it has ended, also by a failure", async () => {
  const { unlessUnderWay } = createTurns();
  const mayFail = Promise.withResolvers<void>();
  const failing = unlessUnderWay("a", () => mayFail.promise);
  expect(await unlessUnderWay("a", async () => {})).toBe(false);
  expect(await unlessUnderWay("b", async () => {})).toBe(true);
  mayFail.reject(new Error("broken"));
  await expect(failing).rejects.toThrow("broken");
  expect(await unlessUnderWay("a", async () => {})).toBe(true);
});

test("with locks, each work has its own in all processes, and works of one process ask for them in order", async () => {
  const asked: string[] = [];
  const { contentGate, inTurn, unlessUnderWay } = createTurns({
    async hold(key, mode, work) {
      asked.push(`${mode} ${key}`);
      return await work();
    },
    async tryHold(key, work) {
      asked.push(`try ${key}`);
      await work();
      return false;
    },
    close() {},
  });
  await Promise.all([
    contentGate.shared(async () => {}),
    contentGate.alone(async () => {}),
    contentGate.shared(async () => {}),
  ]);
  expect(await inTurn("site", async () => 1)).toBe(1);
  expect(await unlessUnderWay("cleaning", async () => {})).toBe(false);
  expect(asked).toEqual([
    "shared contents",
    "alone contents",
    "shared contents",
    "alone turn: site",
    "try under way: cleaning",
  ]);
});
