import { expect, test } from "bun:test";
import { addCounts, formatCounts, readCounts, readFailures } from "./test-report.ts";

const report = (tests: number, failures: number, skipped: number) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test" tests="${tests}" assertions="9" failures="${failures}" skipped="${skipped}" time="1">`;

test("counts what the report says", () => {
  expect(readCounts(report(10, 2, 1), 1)).toEqual({ passed: 7, failed: 2, skipped: 1 });
  expect(readCounts(report(10, 0, 0), 0)).toEqual({ passed: 10, failed: 0, skipped: 0 });
});

test("a runner without a report has failed, whatever its exit code", () => {
  expect(readCounts(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(readCounts("half a fi", 0).failed).toBe(1);
});

test("a runner that ran nothing has failed", () => {
  expect(readCounts(report(0, 0, 0), 0).failed).toBe(1);
});

test("a runner that exits with an error but names no failed test has failed", () => {
  expect(readCounts(report(10, 0, 0), 1)).toEqual({ passed: 10, failed: 1, skipped: 0 });
});

test("the closing line sums up, and names skipped tests only where there are some", () => {
  const sum = addCounts([
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 0 },
  ]);
  expect(formatCounts(sum)).toBe("7 passed, 1 failed");
  expect(formatCounts({ passed: 7, failed: 0, skipped: 2 })).toBe("7 passed, 0 failed, 2 skipped");
});

test("names each failed test with its file, its group and what was wrong", () => {
  const failures = readFailures(`<testsuites name="bun test" tests="4" failures="3">
    <testcase name="passes" classname="" time="0.1" file="a.test.ts" line="1" assertions="1" />
    <testcase name="a &lt;b&gt; &amp; c" classname="a group" time="0.1" file="a.test.ts" line="2" assertions="1">
      <failure type="Error" message="says &quot;no&quot;&#10;&#10;twice&#10;">Error: says</failure>
    </testcase>
    <testcase name="alone" classname="" time="0.1" file="b.test.ts" line="7" assertions="0">
      <failure type="TimeoutError" message="test timed out" />
    </testcase>`);
  expect(failures).toEqual([
    'FAILED a.test.ts:2 a group > a <b> & c\n       says "no"\n       twice',
    "FAILED b.test.ts:7 alone\n       test timed out",
  ]);
});
