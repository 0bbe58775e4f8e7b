// Formats every file that the formatter knows.
import { runStep } from "./steps/run-step.ts";

const { code } = await runStep({ name: "format", command: [process.execPath, "fmt", "--no-script"] });
process.exitCode = code;
