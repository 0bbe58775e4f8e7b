import { type Server, startServer } from "../../test/harness/server.ts";
import { median } from "../median.ts";
import { processTree } from "../process-tree.ts";
import { CONNECTIONS, deployPage, HTTPS, measurePage, PAGE_BYTES, ROUND_S } from "./bench-page.ts";
import { pin, type Protocol } from "./load.ts";
import { findFreePort } from "./peers.ts";

/** Two servers that are the same differ by some per cent for as long as they run: several of each are measured. */
const PAIRS = 5;
const ROUNDS = 4;
const EVERY_S = { on: 60, off: 0 } as const;
type Counting = keyof typeof EVERY_S;

/** Measures what counting costs the serving of a page that is asked for all the time, in turns, on one core. */
export async function benchCounting() {
  return {
    method: { connections: CONNECTIONS, pairs: PAIRS, rounds: ROUNDS, round_s: ROUND_S, page_bytes: PAGE_BYTES },
    "4 KiB page": await measureProtocol("http/1.1"),
    "4 KiB page, HTTP/2 + TLS": await measureProtocol("h2"),
  };
}

async function measureProtocol(protocol: Protocol) {
  const speeds: Record<Counting, number[]> = { on: [], off: [] };
  for (let pair = 0; pair < PAIRS; pair++) {
    // Who comes first has no advantage that stays.
    const order: readonly Counting[] = pair % 2 === 0 ? ["off", "on"] : ["on", "off"];
    await using cleanup = new AsyncDisposableStack();
    const servers: Partial<Record<Counting, Server>> = {};
    for (const counting of order) servers[counting] = cleanup.use(await start(protocol, EVERY_S[counting]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const counting of order) {
        speeds[counting].push((await measurePage(servers[counting]!, protocol)).requests_per_cpu_s);
      }
    }
  }
  // Neighbours in time are compared: what else the machine does then is nearly the same for both.
  const ratios = speeds.on.map((on, round) => on / speeds.off[round]!);
  return {
    requests_per_cpu_s: { on: Math.round(median(speeds.on)), off: Math.round(median(speeds.off)) },
    ratio: Math.round(median(ratios) * 1000) / 1000,
  };
}

async function start(protocol: Protocol, everyS: number): Promise<Server> {
  const isTls = protocol === "h2";
  const flags = [...(isTls ? HTTPS : []), "--traffic-every", `${everyS}`];
  const server = await startServer({ flags, port: isTls ? await findFreePort() : 0 });
  await deployPage(server);
  await pin(processTree(server.pid));
  return server;
}
