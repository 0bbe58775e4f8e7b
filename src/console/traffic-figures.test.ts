import { expect, test } from "bun:test";
import { formatMoment, formatShare, formatShort, formatTick, stack } from "./traffic-figures.ts";

test("classes of answers lie on one another", () => {
  const point = {
    at: "2030-01-01T00:00:00.000Z",
    requests: 10,
    bytes: 0,
    not_modified: 0,
    answers: { "2xx": 5, "3xx": 3, "4xx": 2, "5xx": 0 },
  };
  expect(stack([point, { ...point, answers: { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 4 } }])).toEqual([
    [5, 0],
    [8, 0],
    [10, 0],
    [10, 4],
  ]);
});

test("a share is rounded, but something is not nothing, and not all is not all", () => {
  const shares = [
    formatShare(0, 10),
    formatShare(1, 1000),
    formatShare(1, 3),
    formatShare(999, 1000),
    formatShare(7, 7),
  ];
  expect(shares).toEqual(["0 %", "1 %", "33 %", "99 %", "100 %"]);
  expect(formatShare(0, 0)).toBe("0 %");
});

test("numbers are short, and days are those of UTC", () => {
  expect([formatShort(950), formatShort(1234), formatShort(3_400_000)]).toEqual(["950", "1.2 K", "3.4 M"]);
  expect(formatMoment("2030-01-31T00:00:00.000Z", "month")).toBe("Thu 31 Jan");
  expect(formatTick(Date.UTC(2030, 0, 31) / 1000, "month")).toBe("31 Jan");
});
