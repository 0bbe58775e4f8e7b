import { expect, test } from "bun:test";
import { parseServeOptions } from "./serve-options.ts";

const HOUR_MS = 60 * 60 * 1000;

test("everything is kept, and garbage collected each day, unless the operator says otherwise", () => {
  expect(parseServeOptions([], {}).keeping).toEqual({
    retention: { releases: null, days: null },
    collectEveryMs: 24 * HOUR_MS,
  });
  const argv = ["--keep-releases", "20", "--gc-every", "0.5"];
  expect(parseServeOptions(argv, { SITEPOD_KEEP_DAYS: "30" }).keeping).toEqual({
    retention: { releases: 20, days: 30 },
    collectEveryMs: HOUR_MS / 2,
  });
  expect(parseServeOptions(["--gc-every", "0"], {}).keeping.collectEveryMs).toBeUndefined();
});

test("what would keep nothing, or cannot be told, is refused with all that is wrong", () => {
  const parse = () => parseServeOptions(["--keep-releases", "0", "--keep-days", "many", "--gc-every", "often"], {});
  expect(parse).toThrow(/--keep-releases is "0" and must be a whole number between 1 and 100000/);
  expect(parse).toThrow(/--keep-days is "many" and must be a whole number between 1 and 36500/);
  expect(parse).toThrow(/--gc-every is "often" and must be a number of hours/);
});
