import { expect, test } from "bun:test";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { executable } from "../harness/repository.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

const MIB = 1024 * 1024;
const [FEW, MANY] = [5000, 45_000];
/**
 * As objects with texts each, so many more files took 160 MiB at the server and 55 at the command line. One object a file
 * that is kept is lost in what a deploy throws away, not where nothing has changed: there it takes 27, in place of 12 to 18.
 */
const MOST_MORE = { server: 100 * MIB, commandLine: 48 * MIB, unchanged: 23 * MIB };
const UNCHANGED_DEPLOYS = 3;

interface Used {
  readonly server: number;
  readonly commandLine: number;
  /** By the command line, where nothing has changed. */
  readonly unchanged: number;
}

async function makeSite(folder: string, files: number): Promise<string> {
  for (let i = 0; i < 50; i++) await mkdir(join(folder, `${i}`), { recursive: true });
  for (let i = 0; i < files; i++) await writeFile(join(folder, `${i % 50}`, `page-${i}.html`), `<h1>${i}</h1>`);
  return folder;
}

/** Deploys a site to a server of its own, with another first page, and as it is. Returns the bytes that each end used at most. */
async function deployAll(files: number): Promise<Used> {
  await using scratch = await temporaryFolder();
  await using server = await startServer({ env: { SITEPOD_MAX_FILES_PER_DEPLOY: "100000" } });
  const { token } = await register(server.url);
  const env = { PATH: process.env.PATH ?? "", HOME: scratch.path, SITEPOD_ENDPOINT: server.url, SITEPOD_TOKEN: token };
  const site = await makeSite(join(scratch.path, "site"), files);
  const deploy = async (): Promise<number> => {
    const command = [executable, "deploy", site, "--prod", "--name", "large", "--yes"];
    const child = Bun.spawn(command, { cwd: scratch.path, env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    const errors = await new Response(child.stderr).text();
    expect(await child.exited, errors).toBe(0);
    return child.resourceUsage()!.maxRSS;
  };
  let commandLine = 0;
  for (const page of ["one", "two"]) {
    await writeFile(join(site, "index.html"), page);
    commandLine = Math.max(commandLine, await deploy());
  }
  // The least of some: what the collector did not come to is not needed.
  let unchanged = Infinity;
  for (let i = 0; i < UNCHANGED_DEPLOYS; i++) unchanged = Math.min(unchanged, await deploy());
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return { server: Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024, commandLine, unchanged };
}

test.skipIf(process.platform !== "linux")(
  "nine times as many files need little more memory (what was used is read from Linux)",
  async () => {
    const [few, many] = [await deployAll(FEW), await deployAll(MANY)];
    expect(many.server - few.server).toBeLessThan(MOST_MORE.server);
    expect(many.commandLine - few.commandLine).toBeLessThan(MOST_MORE.commandLine);
    expect(many.unchanged - few.unchanged).toBeLessThan(MOST_MORE.unchanged);
  },
  180_000,
);
