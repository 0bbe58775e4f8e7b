/** How many tests a runner ran. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Reads a runner's counts from its JUnit report. A runner that leaves no report, runs nothing, or fails without naming
 * a failed test has crashed: that counts as one failure, so that no crash passes for success.
 */
export function readCounts(report: string | undefined, exitCode: number): Counts {
  const head = /<testsuites\b[^>]*>/.exec(report ?? "")?.[0];
  if (head === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const [tests, failures, skipped] = [count("tests"), count("failures") + count("errors"), count("skipped")];
  const crashed = failures === 0 && (exitCode !== 0 || tests === 0);
  return { passed: tests - failures - skipped, failed: crashed ? 1 : failures, skipped };
}

export function addCounts(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, each) => ({
      passed: sum.passed + each.passed,
      failed: sum.failed + each.failed,
      skipped: sum.skipped + each.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The closing line, which other programs read. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
