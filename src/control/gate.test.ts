import { expect, test } from "bun:test";
import { createGate, createQueue } from "./gate.ts";

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
