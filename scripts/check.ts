// The fast gate: run it before each commit. What fails is shown whole, what passes is one line.
import { quickSuites, staticSteps, suiteStep } from "./steps/gate-steps.ts";
import { runStep } from "./steps/run-step.ts";

const startMs = performance.now();
const steps = [...staticSteps, ...quickSuites.map((suite) => suiteStep(suite))];
const results = await Promise.all(steps.map((step) => runStep(step)));
const failed = results.filter((result) => result.code !== 0).map((result) => result.name);
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(failed.length === 0 ? `All good in ${seconds} s.` : `Failed: ${failed.join(", ")} (${seconds} s).`);
process.exitCode = failed.length === 0 ? 0 : 1;
