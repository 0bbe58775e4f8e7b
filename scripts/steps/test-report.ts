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

/** Reads which tests a runner's JUnit report calls failed: file, name and message of each, as lines to print. */
export function readFailures(report: string): string[] {
  return [...report.matchAll(/<testcase\b([^>]*)>\s*<(?:failure|error)\b([^>]*)>/g)].map(([, test, failure]) => {
    const [file, line, group, name] = ["file", "line", "classname", "name"].map((key) => readAttribute(test!, key));
    const message = readAttribute(failure!, "message").trim().replaceAll(/\n+/g, "\n       ");
    return `FAILED ${file}:${line} ${group === "" ? "" : `${group} > `}${name}\n       ${message}`;
  });
}

/** Returns an attribute's value of an XML element, as written between its angle brackets; empty where it has none. */
function readAttribute(element: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1] ?? "";
  return value.replaceAll(/&(#?\w+);/g, (_, entity: string) =>
    entity.startsWith("#") ? String.fromCodePoint(Number(entity.slice(1))) : XML_ENTITIES[entity]!,
  );
}

// XML 1.0, section 4.6.
const XML_ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

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
