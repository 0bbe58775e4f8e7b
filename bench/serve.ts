// npm run bench -- serve: serves files beside nginx and Caddy, in turns, and prints one JSON document.
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { register } from "../test/harness/account.ts";
import { commandLine } from "../test/harness/command-line.ts";
import { startServer } from "../test/harness/server.ts";
import { temporaryFolder } from "../test/harness/temporary-folder.ts";
import { fetchHost } from "../test/harness/tenant.ts";
import { median } from "./median.ts";
import { startCaddy, startNginx } from "./peers.ts";
import { cpuSeconds, processTree } from "./process-tree.ts";

const ROUNDS = 5;
const ROUND_S = 2;
const CONNECTIONS = 64;
const SITE = "bench";
const FILES = { "page.txt": 4096, "photo.bin": 100 * 1024, "film.bin": 10 * 1024 * 1024 };
const CASES = [
  { name: "4 KiB page", path: "/page.txt", revalidate: false },
  { name: "4 KiB page, 304", path: "/page.txt", revalidate: true },
  { name: "100 KiB file", path: "/photo.bin", revalidate: false },
  { name: "10 MiB file", path: "/film.bin", revalidate: false },
] as const;

interface Target {
  readonly name: "sitepod" | "nginx" | "caddy";
  readonly pid: number;
  readonly port: number;
}

/** How fast a server is, on one core of its own where the machine has two. */
interface Speed {
  readonly requests_per_s: number;
  readonly requests_per_cpu_s: number;
}

/** Measures every case. Throws where a tool is missing or a server does not answer as it should. */
export async function benchServe(): Promise<unknown> {
  const missing = ["nginx", "caddy", "wrk", "taskset"].filter((tool) => Bun.which(tool) === null);
  if (missing.length > 0) {
    throw new Error(`${missing.join(", ")} missing: apt-get install nginx-light caddy wrk util-linux`);
  }
  await using folder = await temporaryFolder();
  const files = join(folder.path, "files");
  await writeFiles(files);
  await using server = await startServer();
  await using nginx = await startNginx(files, folder.path);
  await using caddy = await startCaddy(files, folder.path);
  await deploy(server.url, files);
  const targets: readonly Target[] = [
    { name: "sitepod", pid: server.pid, port: server.port },
    { name: "nginx", pid: nginx.pid, port: nginx.port },
    { name: "caddy", pid: caddy.pid, port: caddy.port },
  ];
  for (const { pid } of targets)
    for (const process of processTree(pid)) await run(["taskset", "-acp", "0", `${process}`]);
  const host = `${SITE}.${server.domain}`;
  const results: Record<string, unknown> = {};
  for (const testCase of CASES) results[testCase.name] = await measureCase(targets, host, testCase);
  return {
    machine: { processor: cpus()[0]?.model, cores: availableParallelism() },
    method: { tool: "wrk -t1", protocol: "HTTP/1.1", connections: CONNECTIONS, rounds: ROUNDS, round_s: ROUND_S },
    results,
  };
}

async function measureCase(targets: readonly Target[], host: string, testCase: (typeof CASES)[number]) {
  const speeds = new Map(targets.map(({ name }) => [name, [] as Speed[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of targets) speeds.get(target.name)!.push(await measure(target, host, testCase));
  }
  const [sitepod, nginx, caddy] = targets.map(({ name }) => medianSpeed(speeds.get(name)!)) as [Speed, Speed, Speed];
  return { sitepod, nginx, caddy, to_nginx: ratio(sitepod, nginx), to_caddy: ratio(sitepod, caddy) };
}

async function measure(target: Target, host: string, { path, revalidate }: (typeof CASES)[number]): Promise<Speed> {
  const etag = revalidate ? await findEtag(target, host, path) : "";
  const sample = await fetchHost(target, host, path, { headers: revalidate ? { "If-None-Match": etag } : {} });
  await sample.arrayBuffer();
  if (sample.status !== (revalidate ? 304 : 200)) {
    throw new Error(`${target.name} answers ${path} with ${sample.status}`);
  }
  const pinned = ["taskset", "-c", `${availableParallelism() - 1}`];
  const load = ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${ROUND_S}s`, "-H", `Host: ${host}`];
  const condition = revalidate ? ["-H", `If-None-Match: ${etag}`] : [];
  const beforeS = cpuSeconds(target.pid);
  const output = await run([...pinned, ...load, ...condition, `http://127.0.0.1:${target.port}${path}`]);
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(output) ?? [];
  if (!requests || !seconds || /Non-2xx|Socket errors/.test(output)) {
    throw new Error(`wrk had trouble with ${target.name}:\n${output}`);
  }
  return {
    requests_per_s: Number(requests) / Number(seconds),
    requests_per_cpu_s: Number(requests) / (cpuSeconds(target.pid) - beforeS),
  };
}

async function findEtag(target: Target, host: string, path: string): Promise<string> {
  const response = await fetchHost(target, host, path);
  await response.arrayBuffer();
  return response.headers.get("ETag") ?? "";
}

async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, size] of Object.entries(FILES)) await writeFile(join(folder, name), randomBytes(size));
}

async function deploy(endpoint: string, folder: string): Promise<void> {
  const { token } = await register(endpoint);
  await using person = await commandLine({ endpoint, token });
  const { code, stderr } = await person.run(["deploy", folder, "--prod", "--name", SITE, "--yes"]);
  if (code !== 0) throw new Error(`The deploy failed:\n${stderr}`);
}

/** Runs a command and returns what it printed. Throws with that where it fails. */
async function run(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${output}${errors}`);
  return output;
}

const medianSpeed = (speeds: readonly Speed[]): Speed => ({
  requests_per_s: Math.round(median(speeds.map((speed) => speed.requests_per_s))),
  requests_per_cpu_s: Math.round(median(speeds.map((speed) => speed.requests_per_cpu_s))),
});

const ratio = (ours: Speed, theirs: Speed): Speed => ({
  requests_per_s: round2(ours.requests_per_s / theirs.requests_per_s),
  requests_per_cpu_s: round2(ours.requests_per_cpu_s / theirs.requests_per_cpu_s),
});

const round2 = (value: number) => Math.round(value * 100) / 100;
