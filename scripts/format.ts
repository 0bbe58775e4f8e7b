// Formats every file that the formatter knows.
import { runStep } from "./steps/run-step.ts";

const result = await runStep({ name: "format", command: [process.execPath, "fmt", "--no-script"] });
console.log(result.output.trim());
process.exitCode = result.passed ? 0 : 1;
