// The fast gate: run it before each commit. What fails is shown whole, what passes is one line.
import { quickSuites, staticSteps, suiteStep } from "./steps/gate-steps.ts";
import { printResult, runStep } from "./steps/run-step.ts";

const started = performance.now();
const results = await Promise.all(
  [...staticSteps, ...quickSuites.map((suite) => suiteStep(suite))].map(async (step) => {
    const result = await runStep(step);
    printResult(result);
    return result;
  }),
);
const failed = results.filter((result) => !result.passed).map((result) => result.name);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(failed.length === 0 ? `All good in ${seconds} s.` : `Failed: ${failed.join(", ")} (${seconds} s).`);
process.exitCode = failed.length === 0 ? 0 : 1;
