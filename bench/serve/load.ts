import { availableParallelism } from "node:os";
import { cpuSeconds } from "../process-tree.ts";
import { run } from "../run.ts";

export type Protocol = "http/1.1" | "h2";

export interface Target {
  readonly name: "sitepod" | "nginx" | "caddy";
  readonly pid: number;
  readonly port: number;
}

/** How fast a server is, on one core of its own where the machine has two. */
export interface Speed {
  readonly requests_per_s: number;
  readonly requests_per_cpu_s: number;
}

export interface Load {
  readonly protocol: Protocol;
  readonly host: string;
  readonly path: string;
  /** Sent with each request: `Accept-Encoding: br`. */
  readonly headers: readonly string[];
  /** Of every answer. */
  readonly status: 200 | 304;
  readonly connections: number;
  readonly durationS: number;
}

/** Streams at a time on one HTTP/2 connection. */
export const STREAMS = 10;

/** The load comes from the last core. */
export const onLoadCore = (command: readonly string[]): string[] => [
  "taskset",
  "-c",
  `${availableParallelism() - 1}`,
  ...command,
];

/** Keeps a server and all that belongs to it to the first core. */
export async function pin(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await run(["taskset", "-acp", "0", `${pid}`]);
}

/** Asks a server for one thing as fast as it answers. Throws where an answer is not the one expected. */
export async function measureLoad(target: Target, load: Load): Promise<Speed> {
  const beforeS = cpuSeconds(target.pid);
  const { requests, seconds } =
    load.protocol === "h2" ? await runH2load(target, load) : await runWrk(onLoadCore(wrkCommand(target, load)));
  return {
    requests_per_s: requests / seconds,
    requests_per_cpu_s: requests / (cpuSeconds(target.pid) - beforeS),
  };
}

interface Done {
  readonly requests: number;
  readonly seconds: number;
}

const headerFlags = (headers: readonly string[]): string[] => headers.flatMap((header) => ["-H", header]);

const wrkCommand = ({ port }: Target, { host, path, headers, connections, durationS }: Load): string[] => [
  "wrk",
  "-t1",
  `-c${connections}`,
  `-d${durationS}s`,
  ...headerFlags([`Host: ${host}`, ...headers]),
  `http://127.0.0.1:${port}${path}`,
];

async function runWrk(command: string[]): Promise<Done> {
  const output = await run(command);
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(output) ?? [];
  if (!requests || !seconds || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk had trouble:\n${output}`);
  return { requests: Number(requests), seconds: Number(seconds) };
}

/** The command that asks by h2load, for either protocol, without TLS for HTTP/1.1. */
export const h2loadCommand = ({ port }: Target, load: Omit<Load, "status">, more: readonly string[]): string[] => [
  "h2load",
  "-t1",
  `-c${load.connections}`,
  `-D${load.durationS}`,
  `--connect-to=127.0.0.1:${port}`,
  ...headerFlags(load.headers),
  ...more,
  `${load.protocol === "h2" ? "https" : "http"}://${load.host}:${port}${load.path}`,
];

async function runH2load(target: Target, load: Load): Promise<Done> {
  const output = await run(onLoadCore(h2loadCommand(target, load, [`-m${STREAMS}`])));
  const [, good, redirected] = /status codes: (\d+) 2xx, (\d+) 3xx, 0 4xx, 0 5xx/.exec(output) ?? [];
  const requests = Number(load.status === 304 ? redirected : good);
  const isH2 = /Application protocol: h2\b/.test(output);
  if (!requests || !isH2 || !/ 0 failed, 0 errored/.test(output)) throw new Error(`h2load had trouble:\n${output}`);
  return { requests, seconds: load.durationS };
}
