import { expect, test } from "bun:test";
import type { AuditEvent } from "./api.ts";
import { addOlder, mergeNewest } from "./merge-newest.ts";

const eventsOf = (...ids: number[]) => ids.map((id) => ({ id: String(id) })) as AuditEvent[];
const log = (ids: number[], isWhole = false) => ({ events: eventsOf(...ids), isWhole });

test("what came since is put before what is known", () => {
  const page = eventsOf(12, 11, 10, 9);
  expect(mergeNewest(log([10, 9, 8, 7]), page, 4)).toEqual(log([12, 11, 10, 9, 8, 7]));
  expect(mergeNewest(log([10, 9, 8], true), page, 4)).toEqual(log([12, 11, 10, 9, 8], true));
});

test("where more has come than a page holds, the page stands alone: nothing is missing in between, and there is more", () => {
  expect(mergeNewest(log([4, 3]), eventsOf(9, 8, 7), 3)).toEqual(log([9, 8, 7]));
  expect(mergeNewest(log([4, 3], true), eventsOf(9, 8, 7), 3)).toEqual(log([9, 8, 7]));
});

test("at first there is the page alone, which is whole where it is not full", () => {
  expect(mergeNewest(log([]), eventsOf(2, 1), 2)).toEqual(log([2, 1]));
  expect(mergeNewest(log([]), eventsOf(2, 1), 3)).toEqual(log([2, 1], true));
  expect(mergeNewest(log([]), [], 3)).toEqual(log([], true));
});

test("what is older is put behind what is known, unless that was replaced meanwhile", () => {
  expect(addOlder(log([9, 8]), "8", eventsOf(7, 6), 2)).toEqual(log([9, 8, 7, 6]));
  expect(addOlder(log([9, 8]), "8", eventsOf(7), 2)).toEqual(log([9, 8, 7], true));
  expect(addOlder(log([19, 18]), "8", eventsOf(7, 6), 2)).toEqual(log([19, 18]));
});
