import { expect, test } from "bun:test";
import { formatAge, formatBytes, formatCount, formatDuration, percentage } from "./format.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 KB"],
  [1234, "1.2 KB"],
  [12_345, "12 KB"],
  [999_499, "999 KB"],
  [999_999, "1 MB"],
  [1_250_000_000, "1.3 GB"],
  [5e15, "5000 TB"],
] as const)("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0.42, "0.4 ms"],
  [42.4, "42 ms"],
  [100, "0.1 s"],
  [9940, "9.9 s"],
  [9950, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [125_000, "2 min 5 s"],
] as const)("%d milliseconds are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  ["2026-01-31T12:00:00Z", "just now"],
  ["2026-01-31T11:57:00Z", "3 min ago"],
  ["2026-01-31T09:00:00Z", "3 h ago"],
  ["2026-01-01T12:00:00Z", "30 d ago"],
  ["2026-02-01T11:59:58Z", "in 1 d"],
  ["2026-01-31T13:30:00Z", "in 1 h"],
] as const)("at noon of 31 January, %s was or is %s", (iso, text) => {
  expect(formatAge(iso, Date.parse("2026-01-31T12:00:00Z"))).toBe(text);
});

test("counts have their plural and their thousands", () => {
  expect([formatCount(1, "file"), formatCount(0, "file"), formatCount(12_000, "entry", "entries")]).toEqual([
    "1 file",
    "0 files",
    "12,000 entries",
  ]);
});

test("a share is told as 100% only when it is whole", () => {
  expect([percentage(30, 42), percentage(999, 1000), percentage(0, 0)]).toEqual([71, 99, 100]);
});
