import { randomBytes } from "node:crypto";
import { register } from "../../test/harness/account.ts";
import { deployClient } from "../../test/harness/deploy-client.ts";
import { type Server, startServer } from "../../test/harness/server.ts";
import { median } from "../median.ts";
import { processTree } from "../process-tree.ts";
import { type Load, measureLoad, pin, type Protocol } from "./load.ts";
import { findFreePort } from "./peers.ts";

const ROUNDS = 15;
const ROUND_S = 1;
const CONNECTIONS = 64;
const SITE = "bench";
const PAGE_BYTES = 4096;
const NO_AUTHORITY = "https://127.0.0.1:9/directory";

/** The same server, counting what sites are asked for and not. */
interface Pair<T> {
  readonly on: T;
  readonly off: T;
}

/** Measures what counting costs the serving of a page that is asked for all the time, in turns, on one core. */
export async function benchCounting() {
  await using cleanup = new AsyncDisposableStack();
  const start = async (seconds: number, flags: readonly string[] = [], port = 0) => {
    const server = cleanup.use(await startServer({ port, flags: [...flags, "--traffic-every", `${seconds}`] }));
    const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
    await client.deploy(SITE, { "page.txt": randomBytes(PAGE_BYTES) }, "prod");
    await pin(processTree(server.pid));
    return server;
  };
  const https = ["--https", "--https-port", "0", "--acme-directory", NO_AUTHORITY];
  const plain = { off: await start(0), on: await start(60) };
  const secure = { off: await start(0, https, await findFreePort()), on: await start(60, https, await findFreePort()) };
  return {
    method: { connections: CONNECTIONS, rounds: ROUNDS, round_s: ROUND_S, page_bytes: PAGE_BYTES },
    "4 KiB page": await measurePair(plain, "http/1.1"),
    "4 KiB page, HTTP/2 + TLS": await measurePair(secure, "h2"),
  };
}

async function measurePair(servers: Pair<Server>, protocol: Protocol) {
  const speeds: Pair<number[]> = { on: [], off: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first has no advantage that stays.
    for (const counting of round % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const)) {
      const { pid, port, domain } = servers[counting];
      const load: Load = {
        protocol,
        host: `${SITE}.${domain}`,
        path: "/page.txt",
        headers: [],
        status: 200,
        connections: CONNECTIONS,
        durationS: ROUND_S,
      };
      speeds[counting].push((await measureLoad({ name: "sitepod", pid, port }, load)).requests_per_cpu_s);
    }
  }
  // Neighbours in time are compared: what else the machine does then is nearly the same for both.
  const ratios = speeds.on.map((on, round) => on / speeds.off[round]!);
  return {
    requests_per_cpu_s: { on: Math.round(median(speeds.on)), off: Math.round(median(speeds.off)) },
    ratio: Math.round(median(ratios) * 1000) / 1000,
  };
}
