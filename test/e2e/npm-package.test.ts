import { expect, test } from "bun:test";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root } from "../harness/repository.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

const sizeLimitBytes = 3_000_000;

async function run(command: string[], cwd: string): Promise<string> {
  const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${output}${errors}`);
  return output.trim();
}

test("the npm package is small, installs without scripts and runs on plain Node", async () => {
  await using folder = await temporaryFolder();
  await run(["npm", "pack", join(root, "dist/npm"), "--pack-destination", folder.path], folder.path);
  const archive = (await readdir(folder.path)).find((name) => name.endsWith(".tgz")) ?? "";
  expect((await stat(join(folder.path, archive))).size).toBeLessThan(sizeLimitBytes);

  const project = join(folder.path, "project");
  await mkdir(project);
  await run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", join(folder.path, archive)], project);
  expect(await readdir(join(project, "node_modules"))).not.toContain("bun");
  expect(await run([join(project, "node_modules/.bin/sitepod"), "--version"], project)).toBe(manifest.version);
});
