// npm run bench:serve: serves files beside nginx and Caddy, in turns, and prints one JSON document.
import { existsSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { register } from "../../test/harness/account.ts";
import { commandLine } from "../../test/harness/command-line.ts";
import { type Server, type ServerOptions, startServer } from "../../test/harness/server.ts";
import { temporaryFolder } from "../../test/harness/temporary-folder.ts";
import { fetchHost } from "../../test/harness/tenant.ts";
import { waitUntil } from "../../test/harness/wait-until.ts";
import { type Goal, judge, type Verdict } from "../goals.ts";
import { median } from "../median.ts";
import { processTree } from "../process-tree.ts";
import { run } from "../run.ts";

import { compressContent, writeContent } from "./content.ts";
import { benchCounting } from "./counting.ts";
import { measureIdleMemory } from "./idle-memory.ts";
import { measureP99 } from "./latency.ts";
import { type Load, measureLoad, pin, type Protocol, type Speed, STREAMS, type Target } from "./load.ts";
import { type ManySites, measureManySites } from "./many-sites.ts";
import { BROTLI_MODULE, type Certificate, findFreePort, startCaddy, startNginx } from "./peers.ts";
import { benchWorkers } from "./workers.ts";

const ROUNDS = 3;
const ROUND_S = 1;
const LATENCY_S = 2;
const CONNECTIONS = 64;
const SITE = "bench";
const NO_AUTHORITY = "https://127.0.0.1:9/directory";

interface Case {
  readonly name: string;
  readonly protocol: Protocol;
  readonly path: string;
  readonly coding?: "br";
  readonly revalidate?: true;
  /** What our speed has to be, as a multiple of theirs. */
  readonly goals?: { readonly nginx: number; readonly caddy?: number };
  /** Whether waiting is measured too, at half of what the slower of ours and nginx can do. */
  readonly waits?: true;
}

const CASES: readonly Case[] = [
  { name: "4 KiB page", protocol: "http/1.1", path: "/page.html", goals: { nginx: 0.9 }, waits: true },
  { name: "4 KiB page, 304", protocol: "http/1.1", path: "/page.html", revalidate: true },
  { name: "100 KiB bundle in brotli", protocol: "http/1.1", path: "/bundle.js", coding: "br", goals: { nginx: 0.9 } },
  { name: "10 MiB file", protocol: "http/1.1", path: "/film.bin", goals: { nginx: 0.9 } },
  {
    name: "4 KiB page, HTTP/2 + TLS",
    protocol: "h2",
    path: "/page.html",
    goals: { nginx: 1.5, caddy: 6 },
    waits: true,
  },
  {
    name: "4 KiB page, 304, HTTP/2 + TLS",
    protocol: "h2",
    path: "/page.html",
    revalidate: true,
    goals: { nginx: 1.2 },
  },
];

const GOAL_WORKERS = 1.1;
const GOAL_COUNTING = 0.97;
const GOAL_IDLE_MB = 80;
const GOAL_MANY_SITES_MB = 512;
const GOAL_COLD_P99_MS = 10;

type PerServer<T> = Readonly<Record<Target["name"], T>>;

interface CaseFigures extends PerServer<Speed> {
  readonly to_nginx: Speed;
  readonly to_caddy: Speed;
  readonly p99_ms?: { readonly sitepod: number; readonly nginx: number; readonly requests_per_s: number };
}

export interface ServeFigures {
  readonly machine: { readonly processor: string | undefined; readonly cores: number };
  readonly method: unknown;
  readonly results: Readonly<Record<string, CaseFigures>>;
  readonly idle_mb: { readonly http: number; readonly https: number };
  readonly many_sites: ManySites;
  readonly workers: Awaited<ReturnType<typeof benchWorkers>>;
  readonly counting: Awaited<ReturnType<typeof benchCounting>>;
  readonly goals: readonly Verdict[];
}

/** Measures everything. Throws where a tool is missing or a server does not answer as it should. */
export async function benchServe(): Promise<ServeFigures> {
  requireTools();
  await using folder = await temporaryFolder();
  const files = join(folder.path, "files");
  await writeContent(files);
  const certificate = await makeCertificate(folder.path);
  await using plain = await startWithSite(files, { data: join(folder.path, "plain") });
  // With no authority to ask, it serves by the certificate that it made itself.
  const flags = ["--https", "--https-port", "0", "--acme-directory", NO_AUTHORITY];
  await using secure = await startWithSite(files, {
    data: join(folder.path, "secure"),
    port: await findFreePort(),
    flags,
  });
  const [http, https] = (await measureIdleMemory([plain, secure])) as [number, number];

  await compressContent(files);
  await using nginx = await startNginx(files, folder.path, certificate);
  await using caddy = await startCaddy(files, folder.path, certificate);
  const targets: Record<Protocol, readonly Target[]> = {
    "http/1.1": [
      { name: "sitepod", pid: plain.pid, port: plain.port },
      { name: "nginx", pid: nginx.pid, port: nginx.port },
      { name: "caddy", pid: caddy.pid, port: caddy.port },
    ],
    h2: [
      { name: "sitepod", pid: secure.pid, port: secure.port },
      { name: "nginx", pid: nginx.pid, port: nginx.tlsPort },
      { name: "caddy", pid: caddy.pid, port: caddy.tlsPort },
    ],
  };
  for (const { pid } of Object.values(targets).flat()) await pin(processTree(pid));
  const host = `${SITE}.${plain.domain}`;
  const results: Record<string, CaseFigures> = {};
  for (const each of CASES) results[each.name] = await measureCase(each, targets, host, folder.path);
  const manySites = await measureManySites(folder.path);
  const [workers, counting] = [await benchWorkers(), await benchCounting()];
  const figures = { results, idle_mb: { http, https }, many_sites: manySites, workers, counting };
  return {
    machine: { processor: cpus()[0]?.model, cores: availableParallelism() },
    method: {
      tools: ["wrk -t1", `h2load -t1 -m${STREAMS}`],
      connections: CONNECTIONS,
      rounds: ROUNDS,
      round_s: ROUND_S,
    },
    ...figures,
    goals: listGoals(figures).map(judge),
  };
}

async function measureCase(
  { protocol, path, coding, revalidate, waits }: Case,
  targets: Readonly<Record<Protocol, readonly Target[]>>,
  host: string,
  scratch: string,
): Promise<CaseFigures> {
  // A content's tag is the same on both of our servers; nginx and Caddy have one for both ports.
  const loads = await Promise.all(
    targets["http/1.1"].map(async (target): Promise<Load> => {
      const headers = coding === undefined ? [] : [`Accept-Encoding: ${coding}`];
      const etag = await requireAnswer(target, host, path, coding);
      if (revalidate) headers.push(`If-None-Match: ${etag}`);
      const status = revalidate ? 304 : 200;
      return { protocol, host, path, headers, status, connections: CONNECTIONS, durationS: ROUND_S };
    }),
  );
  const [ours, theirs] = targets[protocol] as [Target, Target];
  const speeds = targets[protocol].map((): Speed[] => []);
  await inTurns(targets[protocol], async (target, i) => speeds[i]!.push(await measureLoad(target, loads[i]!)));
  const [sitepod, nginx, caddy] = speeds.map(medianSpeed) as [Speed, Speed, Speed];
  const figures = { sitepod, nginx, caddy, to_nginx: ratio(sitepod, nginx), to_caddy: ratio(sitepod, caddy) };
  if (!waits) return figures;

  const pace = Math.floor(Math.min(sitepod.requests_per_s, nginx.requests_per_s) / 2);
  const p99s = [[], []] as [number[], number[]];
  await inTurns([ours, theirs], async (target, i) => {
    p99s[i]!.push(await measureP99(target, { ...loads[i]!, durationS: LATENCY_S }, pace, scratch));
  });
  const [sitepodMs, nginxMs] = [median(p99s[0]), median(p99s[1])];
  return { ...figures, p99_ms: { sitepod: sitepodMs, nginx: nginxMs, requests_per_s: pace } };
}

async function inTurns(targets: readonly Target[], measure: (target: Target, i: number) => Promise<unknown>) {
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, target] of targets.entries()) await measure(target, i);
  }
}

/** Where requests a second and per CPU-second disagree, the latter decide: they are steadier on a machine that is shared. */
function listGoals({
  results,
  workers,
  counting,
  idle_mb,
  many_sites,
}: Omit<ServeFigures, "machine" | "method" | "goals">): Goal[] {
  const speeds = CASES.flatMap(({ name, goals }): Goal[] => {
    if (!goals) return [];
    const { to_nginx, to_caddy } = results[name]!;
    const beside = (peer: string, speed: Speed, atLeast: number): Goal => ({
      name: `${name}, beside ${peer}`,
      value: speed.requests_per_cpu_s,
      unit: "×",
      atLeast,
    });
    const nginx = beside("nginx", to_nginx, goals.nginx);
    return goals.caddy === undefined ? [nginx] : [nginx, beside("Caddy", to_caddy, goals.caddy)];
  });
  const waits = Object.entries(results).flatMap(([name, { p99_ms: ms }]): Goal[] =>
    ms ? [{ name: `${name}, p99 at half load beside nginx`, value: ms.sitepod / ms.nginx, unit: "×", atMost: 1 }] : [],
  );
  return [
    ...speeds,
    ...waits,
    ...(["4 KiB page", "4 KiB page, HTTP/2 + TLS"] as const).map((name): Goal => ({
      name: `${name}, CPU a request with two workers beside one`,
      value: workers[name].cpu_per_request_ratio,
      unit: "×",
      atMost: GOAL_WORKERS,
    })),
    ...(["4 KiB page", "4 KiB page, HTTP/2 + TLS"] as const).map((name): Goal => ({
      name: `${name}, counting what sites are asked for beside not`,
      value: counting[name].ratio,
      unit: "×",
      atLeast: GOAL_COUNTING,
    })),
    { name: "Idle memory", value: idle_mb.http, unit: "MB", atMost: GOAL_IDLE_MB },
    { name: "Idle memory with HTTPS", value: idle_mb.https, unit: "MB", atMost: GOAL_IDLE_MB },
    { name: "Memory with many sites", value: many_sites.peak_mb, unit: "MB", atMost: GOAL_MANY_SITES_MB },
    { name: "Cold p99 with many sites", value: many_sites.cold_p99_ms, unit: "ms", atMost: GOAL_COLD_P99_MS },
  ];
}

function requireTools(): void {
  const missing = ["nginx", "caddy", "wrk", "h2load", "openssl", "taskset"].filter((tool) => Bun.which(tool) === null);
  if (!existsSync(BROTLI_MODULE)) missing.push("nginx's brotli");
  if (missing.length === 0) return;
  const packages = "nginx-light libnginx-mod-http-brotli-static caddy wrk nghttp2-client openssl util-linux";
  throw new Error(`${missing.join(", ")} missing: apt-get install ${packages}`);
}

/** Waits until a server sends a file as it is measured, compressed where it is, and returns its tag. */
async function requireAnswer(target: Target, host: string, path: string, coding: string | undefined): Promise<string> {
  const headers = coding === undefined ? {} : { "Accept-Encoding": coding };
  return await waitUntil(`${target.name} sends ${path}`, async () => {
    const response = await fetchHost(target, host, path, { headers });
    await response.arrayBuffer();
    const isSo = response.status === 200 && (response.headers.get("Content-Encoding") ?? undefined) === coding;
    return isSo ? (response.headers.get("ETag") ?? "") : undefined;
  });
}

/** Makes a certificate of the same kind as our own. */
async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=bench"];
  await run(["openssl", "req", "-x509", ...kind, "-keyout", key, "-out", certificate]);
  return { certificate, key };
}

/** Starts a server that has the site from before: what idle is, and what serves, is no server that was just deployed to. */
async function startWithSite(files: string, options: ServerOptions): Promise<Server> {
  {
    await using server = await startServer(options);
    await deploy(server, files);
    await server.stop();
  }
  return await startServer(options);
}

async function deploy({ url }: Server, folder: string): Promise<void> {
  const { token } = await register(url);
  await using person = await commandLine({ endpoint: url, token });
  const args = ["deploy", ".", "--prod", "--name", SITE, "--yes"];
  const { code, stderr } = await person.run(args, { cwd: folder });
  if (code !== 0) throw new Error(`The deploy failed:\n${stderr}`);
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
