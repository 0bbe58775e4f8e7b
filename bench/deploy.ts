// npm run bench -- deploy: deploys beside `rsync -a` over ssh copying the same tree, in turns, and prints one JSON document.
import { cp, lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { callApi, register } from "../test/harness/account.ts";
import { hasDebianPackages, unpackDebianPackage } from "../test/harness/real-sites.ts";
import { startServer } from "../test/harness/server.ts";
import { temporaryFolder } from "../test/harness/temporary-folder.ts";
import { LARGE_DEPLOY, measureDeployMemory, SMALL_DEPLOY } from "./deploy-memory.ts";
import { deploy, LIMITS, MIB, peakMemory, writeSmallFiles } from "./deploy-tree.ts";
import { type Goal, judge } from "./goals.ts";
import { median } from "./median.ts";
import { type Rsync, startRsync } from "./rsync.ts";

const ROUNDS = 3;
const SMALL_FILES = 65_000;
const ROLLBACKS = 500;
/** How much more memory the large deploy may need than the small one, at each end. */
const MORE_MIB = 100;

interface Figures {
  readonly files: number;
  /** Milliseconds, medians. */
  readonly first_deploy_ms: number;
  readonly one_file_changed_ms: number;
  readonly nothing_changed_ms: number;
  readonly rsync_first_ms: number;
  readonly rsync_one_file_changed_ms: number;
  readonly rsync_nothing_changed_ms: number;
  /** Our time divided by rsync's, the median of the rounds: below 1 we are faster. */
  readonly first_to_rsync: number;
  readonly one_file_changed_to_rsync: number;
  readonly nothing_changed_to_rsync: number;
  /** MiB of memory that each end used at most. */
  readonly server_peak_mib: number;
  readonly command_line_peak_mib: number;
}

interface Tree {
  readonly folder: string;
  /** How much longer than rsync a deploy may take. */
  readonly goal: number;
}

/**
 * Measures a tree of documentation and one of small files, of `counts` files each. Throws where a deploy or rsync fails.
 * The goals that it has to reach are judged.
 */
export async function benchDeploy(counts: readonly number[] = []) {
  await using folder = await temporaryFolder();
  await using rsync = await startRsync(folder.path);
  const trees = await makeTrees(folder.path, counts.length > 0 ? counts : [SMALL_FILES]);
  const measured: Record<string, Figures> = {};
  for (const [name, tree] of Object.entries(trees)) {
    measured[name] = await measureTree(tree.folder, join(folder.path, "copy"), rsync);
  }
  const [small, large] = [
    await measureDeployMemory(folder.path, SMALL_DEPLOY),
    await measureDeployMemory(folder.path, LARGE_DEPLOY),
  ];
  const rollback = await measureRollbacks();
  const goals = [
    ...Object.entries(trees).flatMap(([name, { goal }]) => goalsOf(name, measured[name]!, goal)),
    more("server", large.server_peak_mib - small.server_peak_mib),
    more("command line", large.command_line_peak_mib - small.command_line_peak_mib),
    { name: "rollback at the server, p50", value: rollback.p50_ms, unit: "ms", atMost: 5 } as const,
    { name: "rollback at the server, p99", value: rollback.p99_ms, unit: "ms", atMost: 25 } as const,
  ];
  return { trees: measured, memory: [small, large], rollback, goals: goals.map(judge) };
}

const more = (end: string, mib: number): Goal => ({
  name: `${end}: memory for ${LARGE_DEPLOY.toLocaleString("en-US")} files beyond that for ${SMALL_DEPLOY.toLocaleString("en-US")}`,
  value: mib,
  unit: "MiB",
  atMost: MORE_MIB,
});

const goalsOf = (tree: string, figures: Figures, goal: number): Goal[] => [
  { name: `${tree}: first deploy to rsync`, value: figures.first_to_rsync, unit: "×", atMost: goal },
  { name: `${tree}: one file changed to rsync`, value: figures.one_file_changed_to_rsync, unit: "×", atMost: goal },
  { name: `${tree}: nothing changed to rsync`, value: figures.nothing_changed_to_rsync, unit: "×", atMost: goal },
];

async function makeTrees(scratch: string, counts: readonly number[]): Promise<Record<string, Tree>> {
  const trees: Record<string, Tree> = {};
  if (hasDebianPackages) {
    const docs = join(scratch, "docs");
    const from = join(await unpackDebianPackage("libboost1.81-doc"), "usr/share/doc");
    await cp(from, docs, { recursive: true, dereference: false, filter: isNoLink });
    trees["libboost1.81-doc"] = { folder: docs, goal: 1 };
  }
  for (const count of counts) {
    const folder = join(scratch, `small-${count}`);
    await writeSmallFiles(folder, count);
    trees[`${count.toLocaleString("en-US")} files of 1 KiB`] = { folder, goal: 1.2 };
  }
  return trees;
}

async function measureTree(tree: string, copy: string, rsync: Rsync): Promise<Figures> {
  const ours: Record<Step, number[]> = { first: [], changed: [], same: [] };
  const theirs: Record<Step, number[]> = { first: [], changed: [], same: [] };
  const peaks = { server: 0, commandLine: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    await using scratch = await temporaryFolder();
    await using server = await startServer({ env: LIMITS });
    const access = { endpoint: server.url, token: (await register(server.url)).token };
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { recursive: true });
    for (const step of STEPS) {
      if (step === "changed") await writeFile(join(tree, "index.html"), `<h1>round ${round}, ${Date.now()}</h1>`);
      // What has just been written is not yet on the disk: neither should pay for it.
      await Bun.$`sync`.quiet();
      const ourTurn = async () => {
        const begunMs = performance.now();
        peaks.commandLine = Math.max(peaks.commandLine, await deploy(access, scratch.path, tree));
        ours[step].push(performance.now() - begunMs);
      };
      const theirTurn = async () => {
        const begunMs = performance.now();
        await rsync.copy(tree, copy);
        theirs[step].push(performance.now() - begunMs);
      };
      for (const turn of round % 2 === 0 ? [ourTurn, theirTurn] : [theirTurn, ourTurn]) await turn();
    }
    peaks.server = Math.max(peaks.server, await peakMemory(server.pid));
  }
  const ratio = (step: Step) => round2(median(ours[step].map((ms, round) => ms / theirs[step][round]!)));
  const middle = (times: readonly number[]) => Math.round(median(times));
  return {
    files: await countFiles(tree),
    first_deploy_ms: middle(ours.first),
    one_file_changed_ms: middle(ours.changed),
    nothing_changed_ms: middle(ours.same),
    rsync_first_ms: middle(theirs.first),
    rsync_one_file_changed_ms: middle(theirs.changed),
    rsync_nothing_changed_ms: middle(theirs.same),
    first_to_rsync: ratio("first"),
    one_file_changed_to_rsync: ratio("changed"),
    nothing_changed_to_rsync: ratio("same"),
    server_peak_mib: Math.round(peaks.server / MIB),
    command_line_peak_mib: Math.round(peaks.commandLine / MIB),
  };
}

const STEPS = ["first", "changed", "same"] as const;
type Step = (typeof STEPS)[number];
/** Rolls a small site back and forth. Milliseconds: as the server tells, and of the whole request. */
async function measureRollbacks() {
  await using server = await startServer();
  await using scratch = await temporaryFolder();
  const { token } = await register(server.url);
  const access = { endpoint: server.url, token };
  const site = join(scratch.path, "site");
  await mkdir(site);
  for (const text of ["one", "two"]) {
    await writeFile(join(site, "index.html"), text);
    await deploy(access, scratch.path, site);
  }
  const [atServer, whole]: [number[], number[]] = [[], []];
  for (let i = 0; i < ROLLBACKS; i++) {
    const begunMs = performance.now();
    const body = { project: "bench", environment: "prod", version: i % 2 === 0 ? "v1" : "v2" };
    const response = await callApi(access, "POST", "/rollback", body);
    const { duration_ms: durationMs } = (await response.json()) as { duration_ms: number };
    whole.push(performance.now() - begunMs);
    atServer.push(durationMs);
  }
  return {
    p50_ms: round2(quantile(atServer, 0.5)),
    p99_ms: round2(quantile(atServer, 0.99)),
    request_p50_ms: round2(quantile(whole, 0.5)),
    request_p99_ms: round2(quantile(whole, 0.99)),
  };
}

function quantile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;
}

async function countFiles(folder: string): Promise<number> {
  return [...new Bun.Glob("**/*").scanSync({ cwd: folder })].length;
}

async function isNoLink(path: string): Promise<boolean> {
  return !(await lstat(path)).isSymbolicLink();
}

const round2 = (value: number) => Math.round(value * 100) / 100;
