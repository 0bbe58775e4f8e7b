// The fast gate: run it before each commit. What fails is shown whole, what passes is one line.
import { areConsoleTypesGood, noteConsoleTypesAreGood } from "./steps/console-sources.ts";
import { consoleTypes, quickSuites, staticSteps, suiteStep } from "./steps/gate-steps.ts";
import { runStep } from "./steps/run-step.ts";

const startMs = performance.now();
const isKnownGood = areConsoleTypesGood();
const steps = [
  ...staticSteps.filter((step) => step !== consoleTypes || !isKnownGood),
  ...quickSuites.map((suite) => suiteStep(suite)),
];
const results = await Promise.all(steps.map((step) => runStep(step)));
if (isKnownGood) console.log("ok     console types  (unchanged)");
else if (results.some(({ name, code }) => name === consoleTypes.name && code === 0)) noteConsoleTypesAreGood();
const failed = results.filter((result) => result.code !== 0).map((result) => result.name);
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
console.log(failed.length === 0 ? `All good in ${seconds} s.` : `Failed: ${failed.join(", ")} (${seconds} s).`);
process.exitCode = failed.length === 0 ? 0 : 1;
