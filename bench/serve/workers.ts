import { randomBytes } from "node:crypto";
import type { DeployClient, SiteFiles } from "../../test/harness/deploy-client.ts";
import { type Server, startServer } from "../../test/harness/server.ts";
import { median } from "../median.ts";
import { CONNECTIONS, deployPage, HTTPS, measurePage, PAGE_BYTES, ROUND_S } from "./bench-page.ts";
import type { Protocol, Speed } from "./load.ts";
import { findFreePort } from "./peers.ts";

const ROUNDS = 7;
const DEPLOYS = 5;
const DEPLOY_FILES = 200;
const DEPLOY_FILE_BYTES = 8 * 1024;
const DEPLOY_FILM_BYTES = 32 * 1024 * 1024;

/** The same with one process that serves, and with two. */
interface Pair<T> {
  readonly one: T;
  readonly two: T;
}

/**
 * Measures what serving by two processes costs beside one, in turns. Nothing keeps them to a core: each of two is meant to
 * have one of its own, and on the same one they would drive each other out of its caches.
 */
export async function benchWorkers() {
  await using cleanup = new AsyncDisposableStack();
  const start = async (workers: number, flags: readonly string[] = [], port = 0) =>
    cleanup.use(await startServer({ port, flags: [...flags, "--workers", `${workers}`] }));
  const plain = { one: await start(1), two: await start(2) };
  const secure = { one: await start(1, HTTPS, await findFreePort()), two: await start(2, HTTPS, await findFreePort()) };

  const clients = { one: await deployPage(plain.one), two: await deployPage(plain.two) };
  for (const server of [secure.one, secure.two]) await deployPage(server);
  const deploy_ms = await measureDeploys(clients);
  const overHttp1 = await measurePair(plain, "http/1.1");
  const overHttp2 = await measurePair(secure, "h2");
  return {
    method: { connections: CONNECTIONS, rounds: ROUNDS, round_s: ROUND_S, page_bytes: PAGE_BYTES },
    cpu_per_request_ratio: overHttp1.cpu_per_request_ratio,
    "4 KiB page": overHttp1,
    "4 KiB page, HTTP/2 + TLS": overHttp2,
    deploy_ms,
  };
}

async function measurePair(servers: Pair<Server>, protocol: Protocol) {
  const speeds: Pair<Speed[]> = { one: [], two: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const workers of ["one", "two"] as const) {
      speeds[workers].push(await measurePage(servers[workers], protocol));
    }
  }
  // Neighbours in time are compared: what else the machine does then is nearly the same for both.
  const ratios = speeds.one.map((one, round) => one.requests_per_cpu_s / speeds.two[round]!.requests_per_cpu_s);
  return {
    one: medianSpeed(speeds.one),
    two: medianSpeed(speeds.two),
    cpu_per_request_ratio: Math.round(median(ratios) * 100) / 100,
  };
}

const medianSpeed = (speeds: readonly Speed[]): Speed => ({
  requests_per_s: Math.round(median(speeds.map((speed) => speed.requests_per_s))),
  requests_per_cpu_s: Math.round(median(speeds.map((speed) => speed.requests_per_cpu_s))),
});

/** With two processes each request to the API takes one hop more. */
async function measureDeploys(clients: Pair<DeployClient>) {
  const took: Pair<number[]> = { one: [], two: [] };
  for (let round = 0; round < DEPLOYS; round++) {
    for (const workers of ["one", "two"] as const) {
      const files = makeFiles();
      const startMs = performance.now();
      await clients[workers].deploy("deployed", files, "prod");
      took[workers].push(performance.now() - startMs);
    }
  }
  return {
    files: DEPLOY_FILES + 1,
    bytes: DEPLOY_FILES * DEPLOY_FILE_BYTES + DEPLOY_FILM_BYTES,
    one: Math.round(median(took.one)),
    two: Math.round(median(took.two)),
  };
}

const makeFiles = (): SiteFiles =>
  Object.fromEntries([
    ...Array.from({ length: DEPLOY_FILES }, (_, i) => [`${i}.txt`, randomBytes(DEPLOY_FILE_BYTES)]),
    ["film.bin", randomBytes(DEPLOY_FILM_BYTES)],
  ]);
