import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { root } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { type Server, startServer } from "../harness/server.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type AttackKind, DOMAIN, type Progress } from "./hostile/target.ts";
import { visit } from "./hostile/visitors.ts";

const PAGE = `<h1>One</h1>${"text ".repeat(800)}`;
const P99_LIMIT_MS = 100;
/** A server at rest takes about 100 MB. */
const MEMORY_LIMIT_MB = 300;
const VISITS = 300;
const PACE_MS = 10;

/** Attacks, and what must be seen of each before visitors are asked how they fare. */
const attacks: [kind: AttackKind, hasBegun: (progress: Progress) => boolean][] = [
  ["idle", ({ open }) => open >= 5000],
  ["slow headers", ({ open }) => open >= 2000],
  ["slow bodies", ({ open }) => open >= 2000],
  ["slow readers", ({ open }) => open >= 1000],
  ["unknown hosts", ({ answered }) => answered > 10_000],
  ["range bombs", ({ answered }) => answered > 500],
  ["header bombs", ({ answered }) => answered > 500],
  ["passwords", ({ answered }) => answered > 500],
];

/**
 * The visitors are this process, the attacker another on the same machine. It has the lowest priority, since on two cores
 * it would otherwise take from the visitors what an attacker elsewhere cannot: so the server sees as much of the attack
 * as two cores can carry, which is printed.
 */
describe.skipIf(process.platform !== "linux")("while others attack, visitors are answered in time:", () => {
  let server: Server;
  let idleFiles: number;

  const memoryMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;
  const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length;

  beforeAll(async () => {
    server = await startServer({ domain: DOMAIN });
    const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
    const files = { "index.html": PAGE, "film.bin": "film".repeat(500_000) };
    for (const site of ["one", "locked"]) await client.deploy(site, files, "prod");
    const password = "correct horse battery staple";
    await client.call("PUT", "/access", { project: "locked", environment: "prod", password });
    await visit(server, PAGE, VISITS, PACE_MS);
    idleFiles = openFiles();
  });

  afterAll(() => server?.[Symbol.asyncDispose]());

  test.each(attacks)("%s", async (kind, hasBegun) => {
    const attacker = ["nice", "-n", "19", process.execPath, join(root, "test/e2e/hostile/attack.ts"), kind];
    await using attack = startProcess([...attacker, String(server.port)], { cwd: root });
    const progress = (): Progress => {
      const line = attack.output().trimEnd().split("\n").at(-1);
      return line?.endsWith("}") ? (JSON.parse(line) as Progress) : { open: 0, answered: 0 };
    };
    await waitUntil(`the attack is under way`, () => hasBegun(progress()), { describe: () => attack.output() });
    const [begun, begunMs] = [progress(), performance.now()];
    const during = await visit(server, PAGE, VISITS, PACE_MS);
    const perSecond = ((progress().answered - begun.answered) / (performance.now() - begunMs)) * 1000;
    const peakMb = memoryMb();
    await attack.end("SIGKILL");

    await waitUntil("the attacker's connections are gone", () => openFiles() < idleFiles + 50);
    const after = await visit(server, PAGE, VISITS, PACE_MS);
    process.stdout.write(
      `${kind}: ${begun.open} connections, ${perSecond.toFixed(0)} answers/s; visitors' median ` +
        `${during.medianMs.toFixed(1)} ms, p99 ${during.p99Ms.toFixed(1)} ms, after it ${after.p99Ms.toFixed(1)} ms; ` +
        `memory ${peakMb.toFixed(0)} MB\n`,
    );
    for (const { failed, p99Ms } of [during, after]) {
      expect(failed).toBe(0);
      expect(p99Ms).toBeLessThan(P99_LIMIT_MS);
    }
    expect(peakMb).toBeLessThan(MEMORY_LIMIT_MB);
  });
});
