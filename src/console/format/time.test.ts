import { describe, expect, test } from "bun:test";
import { formatDate, formatDuration, formatExact, formatRelative } from "./time.ts";

const NOW = Date.parse("2026-02-03T12:00:00.000Z");
const at = (offsetMs: number) => formatRelative(new Date(NOW + offsetMs).toISOString(), NOW);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a time seen from now", () => {
  test.each([
    [-10_000, "just now"],
    [20_000, "just now"],
    [-50_000, "1 min ago"],
    [-4 * MINUTE, "4 min ago"],
    [-3 * HOUR, "3 h ago"],
    [-1 * DAY, "1 day ago"],
    [-6 * DAY, "6 days ago"],
    [23 * HOUR, "in 23 h"],
    [7 * DAY, "in 7 days"],
  ])("%d ms away reads %s", (offset, text) => {
    expect(at(offset)).toBe(text);
  });

  test("beyond a month is a date", () => {
    expect(at(-40 * DAY)).toBe("25 Dec 2025");
  });
});

test("a date is the same however the machine writes dates", () => {
  expect(formatDate("2026-02-03T12:00:00.000Z")).toBe("3 Feb 2026");
});

test("an exact time names day, year and zone", () => {
  expect(formatExact("2026-02-03T12:00:00.000Z")).toMatch(/3 February 2026.*:00:00 \S+/);
});

test("a duration keeps a decimal only where it tells something", () => {
  expect([0.42, 12.3, 999, 1500].map(formatDuration)).toEqual(["0.4 ms", "12 ms", "999 ms", "1.5 s"]);
});
