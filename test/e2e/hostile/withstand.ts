import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { register } from "../../harness/account.ts";
import { deployClient } from "../../harness/deploy-client.ts";
import { root } from "../../harness/repository.ts";
import { type RunningProcess, startProcess } from "../../harness/running-process.ts";
import type { Server } from "../../harness/server.ts";
import { waitUntil } from "../../harness/wait-until.ts";
import { FILM } from "./target.ts";
import { visit, type Visited, type Visits } from "./visitors.ts";

const PAGE = `<h1>One</h1>${"text ".repeat(800)}`;
const P99_LIMIT_MS = 100;
/** A server at rest takes about 100 MB. */
const MEMORY_LIMIT_MB = 300;
const VISITS = 300;
const VISITS_AFTER = 100;
const PACE_MS = 10;

/** A server with sites on it, as it was before the first attack. */
export interface Target {
  readonly server: Server & Visited;
  readonly idleFiles: number;
}

/** Who attacks, and how that is seen. */
export interface Attack {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it is under way, by what it has printed. */
  readonly hasBegun: (output: string) => boolean;
  /** What is to be printed of it, after it went on for so long. */
  readonly describe?: (before: string, after: string, tookMs: number) => string;
  /** What else must hold meanwhile. */
  readonly check?: () => Promise<void>;
}

/** Releases the sites that are attacked. */
export async function prepare(server: Server & Visited): Promise<Target> {
  const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
  const files = { "index.html": PAGE, [FILM.slice(1)]: "film".repeat(500_000) };
  for (const site of ["one", "locked"]) await client.deploy(site, files, "prod");
  const password = "correct horse battery staple";
  await client.call("PUT", "/access", { project: "locked", environment: "prod", password });
  await visit(server, PAGE, VISITS, PACE_MS);
  return { server, idleFiles: openFiles(server) };
}

/**
 * Lets visitors come during an attack and after it. Throws where they had to wait during it, where the server took too much
 * memory, and where it does not recover.
 */
export async function withstand({ server, idleFiles }: Target, attack: Attack): Promise<void> {
  // On few cores an attacker would otherwise take from the visitors what one elsewhere cannot.
  await using attacker: RunningProcess = startProcess(["nice", "-n", "19", ...attack.command], { cwd: root });
  await waitUntil("the attack is under way", () => attack.hasBegun(attacker.output()), { describe: attacker.output });
  const [begun, begunMs] = [attacker.output(), performance.now()];
  const during = await visit(server, PAGE, VISITS, PACE_MS);
  await attack.check?.();
  const told = attack.describe?.(begun, attacker.output(), performance.now() - begunMs) ?? "";
  const peakMb = memoryMb(server);
  await attacker.end("SIGKILL");

  await waitUntil("the attacker's connections are gone", () => openFiles(server) < idleFiles + 50);
  const after = await waitUntil("visitors are answered in time again", async () => {
    const visits = await visit(server, PAGE, VISITS_AFTER, PACE_MS);
    return isInTime(visits) && visits;
  });
  process.stdout.write(
    `${attack.name}: ${told}visitors' median ${during.medianMs.toFixed(1)} ms, p99 ${during.p99Ms.toFixed(1)} ms, ` +
      `after it ${after.p99Ms.toFixed(1)} ms; memory ${peakMb.toFixed(0)} MB\n`,
  );
  expect(during.failed).toEqual([]);
  expect(during.p99Ms).toBeLessThan(P99_LIMIT_MS);
  expect(peakMb).toBeLessThan(MEMORY_LIMIT_MB);
}

const isInTime = ({ failed, p99Ms }: Visits): boolean => failed.length === 0 && p99Ms < P99_LIMIT_MS;
const memoryMb = ({ pid }: Server): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
const openFiles = ({ pid }: Server): number => readdirSync(`/proc/${pid}/fd`).length;
