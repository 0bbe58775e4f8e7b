import { availableParallelism } from "node:os";
import { cpuSeconds } from "./process-tree.ts";
import { run } from "./run.ts";

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
  /** The tag of an If-None-Match, where it is sent. */
  readonly etag: string | undefined;
  readonly connections: number;
  readonly durationS: number;
}

/** Streams at a time on one HTTP/2 connection. */
export const STREAMS = 10;

/** Asks a server for one thing as fast as it answers. Throws where an answer is not the one expected. */
export async function measureLoad(target: Target, load: Load): Promise<Speed> {
  const pinned = ["taskset", "-c", `${availableParallelism() - 1}`];
  const condition = load.etag === undefined ? [] : ["-H", `If-None-Match: ${load.etag}`];
  const beforeS = cpuSeconds(target.pid);
  const { requests, seconds } =
    load.protocol === "h2"
      ? await runH2load([...pinned, ...h2loadCommand(target, load), ...condition], load)
      : await runWrk([...pinned, ...wrkCommand(target, load), ...condition]);
  return {
    requests_per_s: requests / seconds,
    requests_per_cpu_s: requests / (cpuSeconds(target.pid) - beforeS),
  };
}

interface Done {
  readonly requests: number;
  readonly seconds: number;
}

const wrkCommand = ({ port }: Target, { host, path, connections, durationS }: Load): string[] => [
  "wrk",
  "-t1",
  `-c${connections}`,
  `-d${durationS}s`,
  "-H",
  `Host: ${host}`,
  `http://127.0.0.1:${port}${path}`,
];

async function runWrk(command: string[]): Promise<Done> {
  const output = await run(command);
  const [, requests, seconds] = /(\d+) requests in ([\d.]+)s/.exec(output) ?? [];
  if (!requests || !seconds || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk had trouble:\n${output}`);
  return { requests: Number(requests), seconds: Number(seconds) };
}

const h2loadCommand = ({ port }: Target, { host, path, connections, durationS }: Load): string[] => [
  "h2load",
  "-t1",
  `-c${connections}`,
  `-m${STREAMS}`,
  `-D${durationS}`,
  `--connect-to=127.0.0.1:${port}`,
  `https://${host}:${port}${path}`,
];

async function runH2load(command: string[], { etag, durationS }: Load): Promise<Done> {
  const output = await run(command);
  const [, good, redirected] = /status codes: (\d+) 2xx, (\d+) 3xx, 0 4xx, 0 5xx/.exec(output) ?? [];
  const requests = Number(etag === undefined ? good : redirected);
  const isH2 = /Application protocol: h2\b/.test(output);
  if (!requests || !isH2 || !/ 0 failed, 0 errored/.test(output)) throw new Error(`h2load had trouble:\n${output}`);
  return { requests, seconds: durationS };
}
