import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executable } from "../test/harness/repository.ts";

const SMALL_FILE_BYTES = 1024;
/** What a server must allow for the trees here. */
export const LIMITS = { SITEPOD_MAX_FILES_PER_DEPLOY: "1000000", SITEPOD_MAX_DEPLOY_SIZE: String(8 * 1024 ** 3) };
export const MIB = 1024 * 1024;

export interface Access {
  readonly endpoint: string;
  readonly token: string;
}

/** Deploys the tree. Returns how many bytes of memory the command line used at most. */
export async function deploy({ endpoint, token }: Access, home: string, tree: string): Promise<number> {
  const env = { PATH: process.env.PATH ?? "", HOME: home, SITEPOD_ENDPOINT: endpoint, SITEPOD_TOKEN: token };
  const command = [executable, "deploy", tree, "--prod", "--name", "bench", "--yes"];
  const child = Bun.spawn(command, { cwd: home, env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`The deploy failed:\n${errors}`);
  return child.resourceUsage()!.maxRSS;
}

/** The most memory that a process has used, in bytes. Linux only. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

export async function writeSmallFiles(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const path = join(folder, `${i % 256}`, `page-${i}.html`);
    if (i < 256) await mkdir(join(folder, `${i}`), { recursive: true });
    await writeFile(path, `<h1>${i}</h1>`.padEnd(SMALL_FILE_BYTES, `${i} `));
  }
  await writeFile(join(folder, "index.html"), "<h1>index</h1>");
}
