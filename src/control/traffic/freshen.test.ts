import { expect, test } from "bun:test";
import type { Context } from "../context.ts";
import { createFreshen } from "./freshen.ts";

test("who looks does not wait for all that was written while nobody added it up, and has it begun once", async () => {
  const pile = Promise.withResolvers<boolean>();
  let begun = 0;
  const context: Pick<Context, "nowMs" | "unlessUnderWay" | "log"> = {
    nowMs: () => 0,
    log() {},
    unlessUnderWay() {
      begun++;
      return pile.promise;
    },
  };
  const freshen = createFreshen(context as Context, 1);
  for (let i = 0; i < 2; i++) await freshen();
  expect(begun).toBe(1);
});
