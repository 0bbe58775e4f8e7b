import { expect, test } from "bun:test";
import { tellOnce } from "./tell-once.ts";

function start() {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const telling = tellOnce(
    (message, cause) => void lines.push(`${message}: ${(cause as Error).message}`),
    () => clock.nowMs,
  );
  return { lines, clock, telling };
}

test("a failure that goes on is told once, and another reason or another work at once", () => {
  const { lines, telling } = start();
  for (let i = 0; i < 5; i++) telling.failed("Not sent", new Error("away"));
  telling.failed("Not tidied", new Error("away"));
  telling.failed("Not sent", new Error("full"));
  expect(lines).toEqual(["Not sent: away", "Not tidied: away", "Not sent: full"]);
});

test("it is told again after an hour, and when it fails after it was done", () => {
  const { lines, clock, telling } = start();
  telling.failed("Not sent", new Error("away"));
  clock.nowMs = 60 * 60 * 1000 - 1;
  telling.failed("Not sent", new Error("away"));
  expect(lines).toHaveLength(1);
  clock.nowMs += 1;
  telling.failed("Not sent", new Error("away"));
  expect(lines).toHaveLength(2);
  telling.done("Not sent");
  telling.failed("Not sent", new Error("away"));
  expect(lines).toHaveLength(3);
});
