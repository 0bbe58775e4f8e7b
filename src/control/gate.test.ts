import { expect, test } from "bun:test";
import { createGate, createKeyedQueue, createQueue } from "./gate.ts";

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
