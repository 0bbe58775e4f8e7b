import { root } from "../steps/run-command.ts";

/** Formats a page as `npm run format` would. Throws where the formatter fails. */
export async function formatPage(path: string, text: string): Promise<string> {
  const formatter = Bun.spawn([process.execPath, "fmt", "--no-script", `--stdin-filepath=${path}`], {
    cwd: root,
    stdin: new Blob([text]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [formatted, errors] = await Promise.all([
    new Response(formatter.stdout).text(),
    new Response(formatter.stderr).text(),
  ]);
  if ((await formatter.exited) !== 0) throw new Error(`${path} cannot be formatted:\n${errors}`);
  return formatted;
}
