import { describe, expect, test } from "bun:test";
import { formatTrafficReport, parseTrafficReport, type TrafficReport } from "./traffic-report.ts";
import { addFigures, type Figures, MAX_PATHS, NO_FIGURES, spansOf, startsOf } from "./traffic.ts";

const NOW = Date.UTC(2030, 4, 17, 14, 32, 10);
const iso = (ms: number) => new Date(ms).toISOString();

describe("what was counted at a time belongs to", () => {
  const told = (ms: number) => spansOf(ms, NOW).map(({ span, startMs }) => `${span} ${iso(startMs)}`);

  test("its minute, its hour and its day", () => {
    expect(told(NOW - 20_000)).toEqual([
      "minute 2030-05-17T14:31:00.000Z",
      "hour 2030-05-17T14:00:00.000Z",
      "day 2030-05-17T00:00:00.000Z",
    ]);
  });

  test("now, where the clock of who counted is ahead", () => {
    expect(told(NOW + 60 * 60_000)).toEqual(told(NOW));
  });

  test("what is still kept, where it comes late", () => {
    expect(told(NOW - 3 * 60 * 60_000)).toEqual(["hour 2030-05-17T11:00:00.000Z", "day 2030-05-17T00:00:00.000Z"]);
    expect(told(NOW - 10 * 24 * 60 * 60_000)).toEqual(["day 2030-05-07T00:00:00.000Z"]);
    expect(told(NOW - 100 * 24 * 60 * 60_000)).toEqual([]);
  });
});

test("a range ends with the span that is not over", () => {
  const ends = (range: "hour" | "day" | "month") => {
    const starts = startsOf(range, NOW);
    return [starts.length, iso(starts[0]!), iso(starts.at(-1)!)];
  };
  expect(ends("hour")).toEqual([60, "2030-05-17T13:33:00.000Z", "2030-05-17T14:32:00.000Z"]);
  expect(ends("day")).toEqual([24, "2030-05-16T15:00:00.000Z", "2030-05-17T14:00:00.000Z"]);
  expect(ends("month")).toEqual([30, "2030-04-18T00:00:00.000Z", "2030-05-17T00:00:00.000Z"]);
});

describe("figures", () => {
  const one: Figures = { answers: [5, 2, 1, 0], notModified: 1, bytes: 100, paths: [["/", 5]], missing: [["/x", 1]] };

  test("add up, path by path", () => {
    const two: Figures = {
      ...one,
      paths: [
        ["/b", 9],
        ["/", 5],
      ],
    };
    expect(addFigures(one, two)).toEqual({
      answers: [10, 4, 2, 0],
      notModified: 2,
      bytes: 200,
      paths: [
        ["/", 10],
        ["/b", 9],
      ],
      missing: [["/x", 2]],
    });
    expect(addFigures(NO_FIGURES, one)).toEqual(one);
  });

  test("keep the paths asked for most, and no more of them", () => {
    const list = (from: number): Figures => ({
      ...NO_FIGURES,
      paths: Array.from({ length: MAX_PATHS }, (_, i) => [`/${from + i}`, from + i + 1]),
    });
    const { paths } = addFigures(list(0), list(MAX_PATHS));
    expect(paths).toHaveLength(MAX_PATHS);
    expect(paths[0]).toEqual([`/${2 * MAX_PATHS - 1}`, 2 * MAX_PATHS]);
  });

  test("survive being written down, and damaged ones are not read", () => {
    const report: TrafficReport = {
      countedMs: NOW,
      sites: [{ label: "docs", shownAs: "beta", sinceMs: NOW, figures: one }],
    };
    const [text] = formatTrafficReport(report) as [string];
    expect(parseTrafficReport(text)).toEqual(report);
    const damaged = ["", "{}", text.slice(0, 60), text.replace('"beta"', '"else"'), text.replace("[5,2,1,0]", "[5,2]")];
    const tooMany = text.replace(
      '["/",5]',
      Array(MAX_PATHS + 1)
        .fill('["/",5]')
        .join(),
    );
    for (const each of [...damaged, tooMany, text.replace('["/",5]', '["/",-5]'), text.replace("docs", "../docs")]) {
      expect(parseTrafficReport(each)).toBeUndefined();
    }
  });
});
