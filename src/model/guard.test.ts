import { expect, test } from "bun:test";
import { decideMove, placeGuard } from "./guard.ts";

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

test("what a lock was put before comes back when it is taken off, also after a second lock", () => {
  const lock = { kind: "lock", reason: "fair" } as const;
  const locked = placeGuard(approval, lock);
  expect(locked).toEqual({ ...lock, over: "approval" });
  expect(placeGuard(locked, null)).toEqual(approval);
  expect(placeGuard(placeGuard(locked, { kind: "lock", reason: "rain" }), null)).toEqual(approval);
  expect(placeGuard(placeGuard(undefined, lock), null)).toBeUndefined();
});

test("an approval takes the place of a lock, and is taken away itself", () => {
  expect(placeGuard({ kind: "lock", reason: "fair", over: "approval" }, approval)).toEqual(approval);
  expect(placeGuard(approval, null)).toBeUndefined();
  expect(placeGuard(undefined, null)).toBeUndefined();
});
