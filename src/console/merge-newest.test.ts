import { expect, test } from "bun:test";
import type { AuditEvent } from "./api.ts";
import { mergeNewest } from "./merge-newest.ts";

const eventsOf = (...ids: number[]) => ids.map((id) => ({ id: String(id) })) as AuditEvent[];

test("what came since is put before what is known", () => {
  expect(mergeNewest(eventsOf(10, 9, 8, 7), eventsOf(12, 11, 10, 9))).toEqual(eventsOf(12, 11, 10, 9, 8, 7));
});

test("where more has come than a page holds, the page stands alone: nothing is missing in between", () => {
  expect(mergeNewest(eventsOf(4, 3), eventsOf(9, 8, 7))).toEqual(eventsOf(9, 8, 7));
});

test("at first there is the page alone", () => {
  expect(mergeNewest([], eventsOf(2, 1))).toEqual(eventsOf(2, 1));
  expect(mergeNewest([], [])).toEqual([]);
});
