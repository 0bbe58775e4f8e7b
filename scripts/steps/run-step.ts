import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One command of a gate. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** What the command printed, both streams as they came. */
  readonly output: string;
}

/** Runs a command in the repository's root and keeps what it prints. A command that cannot be started has failed. */
export async function runStep(step: Step): Promise<StepResult> {
  const startMs = performance.now();
  const result = (passed: boolean, output: string): StepResult => {
    return { name: step.name, passed, durationMs: performance.now() - startMs, output };
  };
  try {
    // One shell-free pipe for both streams keeps their lines in order.
    const child = Bun.spawn([...step.command], {
      cwd: root,
      env: { ...process.env, ...step.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return result(child.exitCode === 0, output + errors);
  } catch (error) {
    return result(false, String(error));
  }
}

/** Prints one line for a result; what the command printed follows only if it failed. */
export function printResult(result: StepResult): void {
  const seconds = (result.durationMs / 1000).toFixed(1).padStart(6);
  console.log(`${result.passed ? "ok    " : "FAILED"} ${result.name.padEnd(12)} ${seconds} s`);
  if (!result.passed) console.log(`\n${result.output.trim()}\n`);
}
