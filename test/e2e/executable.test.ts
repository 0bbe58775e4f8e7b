import { expect, test } from "bun:test";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { commandLine } from "../harness/command-line.ts";
import { executable } from "../harness/repository.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

const startLimitMs = 50;

test("the executable runs alone in an empty folder and knows its version", async () => {
  await using folder = await temporaryFolder();
  const alone = join(folder.path, "sitepod");
  await copyFile(executable, alone);
  const child = Bun.spawn([alone, "--version"], { cwd: folder.path, env: {}, stdout: "pipe" });
  expect((await new Response(child.stdout).text()).trim()).toBe(manifest.version);
  expect(await child.exited).toBe(0);
});

test(`--version takes under ${startLimitMs} ms at the median`, async () => {
  await using person = await commandLine({});
  const tookMs: number[] = [];
  for (let run = 0; run < 11; run++) {
    const startMs = performance.now();
    await person.run(["--version"]);
    tookMs.push(performance.now() - startMs);
  }
  expect(tookMs.toSorted((a, b) => a - b)[5]).toBeLessThan(startLimitMs);
});

test("a command that does not exist is a usage error: exit code 2, and a hint", async () => {
  await using person = await commandLine({});
  const result = await person.run(["deplyo"]);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain("deplyo");
  expect(result.stdout).toBe("");
});

const inShell = async (line: string) => {
  const child = Bun.spawn(["bash", "-c", line], { env: { PROGRAM: executable }, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, stdout, stderr };
};

test.each(["--help", "--json list"])("%s whose output nobody reads ends without a word", async (argv) => {
  expect((await inShell(`"$PROGRAM" ${argv} 2> >(cat >&2) | true; exit 0`)).stderr).toBe("");
});

test.skipIf(process.platform !== "linux")(
  "output to a full disk is told in one sentence, code 1 (needs /dev/full of Linux)",
  async () => {
    const { code, stderr } = await inShell(`"$PROGRAM" --help > /dev/full`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ The output could not be written: ENOSPC[^\n]*\n$/)]);
  },
);
