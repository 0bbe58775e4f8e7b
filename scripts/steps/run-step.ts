import { type CommandResult, runCommand } from "./run-command.ts";

/** One command of a gate. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface StepResult extends CommandResult {
  readonly name: string;
  readonly durationMs: number;
}

/** Runs a step and prints one line about it; what the command printed follows only if it failed. */
export async function runStep(step: Step): Promise<StepResult> {
  const startMs = performance.now();
  const { code, output } = await runCommand(step.command, step.env ? { env: step.env } : {});
  const durationMs = performance.now() - startMs;
  const seconds = (durationMs / 1000).toFixed(1).padStart(6);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${step.name.padEnd(14)} ${seconds} s`);
  if (code !== 0) console.log(`\n${output.trim()}\n`);
  return { name: step.name, code, output, durationMs };
}
