import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface CommandResult {
  /** The exit code; 127 where the command could not be started. */
  readonly code: number;
  /** What it printed on its standard output, then what on its standard error. */
  readonly output: string;
}

export interface CommandOptions {
  /** The repository's root where absent. */
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command without input and keeps what it prints. Does not throw. */
export async function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  try {
    const child = Bun.spawn([...command], {
      cwd: options.cwd ?? root,
      // What is captured is read as text, later.
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const texts = [new Response(child.stdout).text(), new Response(child.stderr).text()];
    const [output = "", errors = ""] = await Promise.all(texts);
    return { code: await child.exited, output: output + errors };
  } catch (error) {
    return { code: 127, output: String(error) };
  }
}
