import { expect, test } from "bun:test";
import { decideMove } from "./guard.ts";

const move = { action: "release", isApproved: false, wasServed: false } as const;
const approval = { kind: "approval" } as const;

test("an environment without a guard moves as it is asked to", () => {
  expect(decideMove(undefined, move)).toBe("go");
});

test("a release waits for an approval, also of what was served before", () => {
  expect(decideMove(approval, move)).toBe("ask");
  expect(decideMove(approval, { ...move, wasServed: true })).toBe("ask");
  expect(decideMove(approval, { ...move, isApproved: true })).toBe("go");
});

test("going back to what was served needs none; to what never was it does", () => {
  expect(decideMove(approval, { ...move, action: "rollback", wasServed: true })).toBe("go");
  expect(decideMove(approval, { ...move, action: "rollback" })).toBe("ask");
});

test("a lock holds whatever is approved, and against going back", () => {
  const lock = { kind: "lock", reason: "fair" } as const;
  expect(decideMove(lock, { action: "rollback", isApproved: true, wasServed: true })).toBe("locked");
});
