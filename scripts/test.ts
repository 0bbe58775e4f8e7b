// npm test: installs what tests need, builds what is tested, runs every gate and suite, and ends with what failed and one line of counts.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installDebianPackages } from "./steps/debian-packages.ts";
import { quickSuites, type Suite, staticSteps, suiteStep, wholeSuites } from "./steps/gate-steps.ts";
import { root } from "./steps/run-command.ts";
import { runStep, type Step } from "./steps/run-step.ts";
import { addCounts, type Counts, formatCounts, readCounts, readFailures } from "./steps/test-report.ts";

const reports = join(root, "dist/reports");
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

for (const line of await installDebianPackages()) console.log(line);

// Two at a time: what only reads the source runs beside the build. What measures and loads the machine runs alone.
const build: Step = { name: "build", command: [process.execPath, "scripts/build.ts"] };
const [built, ...checked] = await Promise.all([runGate(build), runInTurn(staticSteps, runGate)]);
const failures: string[] = [];
const counts: Counts[] = [built, ...checked.flat()];
counts.push(...(await runInTurn([...quickSuites, ...wholeSuites], runSuite)));

const total = addCounts(counts);
for (const failure of failures) console.log(failure);
console.log(formatCounts(total));
process.exitCode = total.failed === 0 ? 0 : 1;

/** A gate passes or fails as one test. */
async function runGate(step: Step): Promise<Counts> {
  const { code } = await runStep(step);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runSuite(suite: Suite): Promise<Counts> {
  const report = join(reports, `${suite.name.replaceAll(" ", "-")}.xml`);
  console.log(`run    ${suite.name}`);
  const { code } = await runStep(suiteStep(suite, report));
  const read = readReport(report);
  const found = readCounts(read, code);
  failures.push(...readFailures(read ?? ""));
  console.log(`       ${formatCounts(found)}`);
  return found;
}

async function runInTurn<Item>(items: readonly Item[], run: (item: Item) => Promise<Counts>): Promise<Counts[]> {
  const results: Counts[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}

function readReport(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
