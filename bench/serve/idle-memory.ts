import type { Server } from "../../test/harness/server.ts";
import { residentBytes } from "../process-tree.ts";

const SETTLED_AFTER_MS = 40_000;

/** What a server keeps resident when nobody has asked for anything for a while, in MB. */
export async function measureIdleMemory(servers: readonly Server[]): Promise<number[]> {
  await Bun.sleep(SETTLED_AFTER_MS);
  return servers.map(({ pid }) => residentBytes(pid) / 1e6);
}
