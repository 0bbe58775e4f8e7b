// npm run bench -- deploy: deploys beside `rsync -a` copying the same tree, in turns, and prints one JSON document.
import { cp, lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../test/harness/account.ts";
import { type CommandLine, commandLine } from "../test/harness/command-line.ts";
import { hasDebianPackages, unpackDebianPackage } from "../test/harness/real-sites.ts";
import { type Server, startServer } from "../test/harness/server.ts";
import { temporaryFolder } from "../test/harness/temporary-folder.ts";
import { median } from "./median.ts";

const ROUNDS = 5;
const SMALL_FILES = 10_000;
const SMALL_FILE_BYTES = 4096;

interface Figures {
  readonly files: number;
  /** Milliseconds, medians. */
  readonly first_deploy_ms: number;
  readonly one_file_changed_ms: number;
  readonly nothing_changed_ms: number;
  readonly rsync_first_ms: number;
  readonly rsync_one_file_changed_ms: number;
  /** rsync's time divided by ours: above 1 we are faster. */
  readonly first_ratio: number;
  readonly one_file_changed_ratio: number;
}

/** Measures both trees. Throws where a deploy or rsync fails. */
export async function benchDeploy(): Promise<Record<string, Figures>> {
  if (!Bun.which("rsync")) throw new Error("rsync is missing: apt-get install rsync");
  await using folder = await temporaryFolder();
  const small = join(folder.path, "small");
  await writeSmallFiles(small);
  const trees: Record<string, string> = { "10,000 files of 4 KiB": small };
  if (hasDebianPackages) {
    const docs = join(await unpackDebianPackage("python3.11-doc"), "usr/share/doc/python3.11/html");
    await cp(docs, join(folder.path, "docs"), { recursive: true, dereference: false, filter: isNoLink });
    trees["python3.11-doc"] = join(folder.path, "docs");
  }
  const results: Record<string, Figures> = {};
  for (const [name, tree] of Object.entries(trees)) results[name] = await measureTree(tree, folder.path);
  return results;
}

async function measureTree(tree: string, scratch: string): Promise<Figures> {
  const times: Record<"first" | "changed" | "same" | "rsyncFirst" | "rsyncChanged", number[]> = {
    first: [],
    changed: [],
    same: [],
    rsyncFirst: [],
    rsyncChanged: [],
  };
  let files = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using server = await startServer({ env: { SITEPOD_MAX_FILES_PER_DEPLOY: "100000" } });
    await using person = await login(server);
    const copy = join(scratch, "copy");
    await rm(copy, { recursive: true, force: true });
    times.first.push(await deploy(person, tree));
    times.rsyncFirst.push(await rsync(tree, copy));
    await writeFile(join(tree, "index.html"), `<h1>round ${round}, ${Date.now()}</h1>`);
    times.changed.push(await deploy(person, tree));
    times.rsyncChanged.push(await rsync(tree, copy));
    times.same.push(await deploy(person, tree));
    files = await countFiles(tree);
  }
  const [first, changed] = [median(times.first), median(times.changed)];
  const [rsyncFirst, rsyncChanged] = [median(times.rsyncFirst), median(times.rsyncChanged)];
  return {
    files,
    first_deploy_ms: Math.round(first),
    one_file_changed_ms: Math.round(changed),
    nothing_changed_ms: Math.round(median(times.same)),
    rsync_first_ms: Math.round(rsyncFirst),
    rsync_one_file_changed_ms: Math.round(rsyncChanged),
    first_ratio: round2(rsyncFirst / first),
    one_file_changed_ratio: round2(rsyncChanged / changed),
  };
}

async function login(server: Server): Promise<CommandLine> {
  const { token } = await register(server.url);
  return await commandLine({ endpoint: server.url, token });
}

async function deploy(person: CommandLine, tree: string): Promise<number> {
  const begunMs = performance.now();
  const { code, stderr } = await person.run(["deploy", tree, "--prod", "--name", "bench", "--yes"]);
  if (code !== 0) throw new Error(`The deploy failed:\n${stderr}`);
  return performance.now() - begunMs;
}

/** Copies with `-a`, and waits until the copy is on the disk: a deploy is durable when it says so, rsync is not. */
async function rsync(from: string, to: string): Promise<number> {
  await mkdir(to, { recursive: true });
  const begunMs = performance.now();
  const child = Bun.spawn(["sh", "-c", 'rsync -a "$1/" "$2/" && sync -f "$2"', "sh", from, to]);
  if ((await child.exited) !== 0) throw new Error("rsync failed");
  return performance.now() - begunMs;
}

async function writeSmallFiles(folder: string): Promise<void> {
  for (let i = 0; i < SMALL_FILES; i++) {
    const path = join(folder, `${i % 100}`, `page-${i}.html`);
    if (i < 100) await mkdir(join(folder, `${i}`), { recursive: true });
    await writeFile(path, `<h1>${i}</h1>`.padEnd(SMALL_FILE_BYTES, `${i} `));
  }
  await writeFile(join(folder, "index.html"), "<h1>index</h1>");
}

async function countFiles(folder: string): Promise<number> {
  return [...new Bun.Glob("**/*").scanSync({ cwd: folder })].length;
}

async function isNoLink(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

const round2 = (value: number) => Math.round(value * 100) / 100;
