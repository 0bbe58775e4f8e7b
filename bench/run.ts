const MAX_RUN_MS = 120_000;

/** Runs a command and returns what it printed. Throws with that where it fails, or has not ended in two minutes. */
export async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { stdout: "pipe", stderr: "pipe", timeout: MAX_RUN_MS });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${output}${errors}`);
  return output;
}
