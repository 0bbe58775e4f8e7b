import { expect, test } from "bun:test";
import type { AuditEvent } from "./api.ts";
import { groupByDay } from "./group-by-day.ts";

const event = (id: string, at: string) => ({ id, at }) as AuditEvent;

test("events of one day stand together, the newest day and event first", () => {
  const events = [
    event("c", "2026-02-03T12:00:00.000Z"),
    event("b", "2026-02-03T11:00:00.000Z"),
    event("a", "2026-02-01T12:00:00.000Z"),
  ];
  expect(groupByDay(events).map((day) => [day.date, day.events.map(({ id }) => id)])).toEqual([
    ["3 Feb 2026", ["c", "b"]],
    ["1 Feb 2026", ["a"]],
  ]);
});
