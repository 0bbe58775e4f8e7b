import { describe, expect, test } from "bun:test";
import { callApi } from "../harness/account.ts";
import { clientPortsOf, edgeProcesses } from "../harness/edge-processes.ts";
import { keepConnection } from "../harness/kept-connection.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { askAnew, PAGE, readMetric, startShop, WORKERS } from "../harness/workers.ts";

const flags = ["--workers", String(WORKERS)];
/** Who asks again so soon counts on the connection; who pauses for longer may find any connection closed. */
const BUSY_MS = 100;

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe.skipIf(process.platform !== "linux")("where an edge dies (needs Linux)", () => {
  test("the connections of the others lose no request, its place is taken, and what was counted still counts", async () => {
    const { server, host } = await startShop();
    await using _ = server;
    const connections = await Promise.all(Array.from({ length: 24 }, () => keepConnection(server)));
    const faults = new Map<number, string>();
    const answered = new Map<number, number>();
    const end = new AbortController();
    const load = connections.map(async ({ port, get }) => {
      for (let turn = 0; !end.signal.aborted; turn++) {
        const answer = await get(host, "/").catch((error: Error) => error.message);
        if (typeof answer === "string") return void faults.set(port, answer);
        if (answer.status !== 200 || answer.body !== PAGE) return void faults.set(port, `${answer.status}`);
        answered.set(port, turn);
      }
    });
    const haveAll = (more: number) => () =>
      connections.every(({ port }) => faults.has(port) || (answered.get(port) ?? 0) > more);
    await waitUntil("all are served", haveAll(10));

    const [killed, other] = edgeProcesses(server) as [number, number];
    const lost = clientPortsOf(killed, server.port);
    const kept = clientPortsOf(other, server.port);
    process.kill(killed, "SIGKILL");
    await waitUntil("another takes its place", () => {
      const now = edgeProcesses(server);
      return now.length === WORKERS && !now.includes(killed);
    });
    await waitUntil("those of the other are served on", haveAll(Math.max(...answered.values()) + 20));
    await waitUntil("both serve", async () => (await readMetric(server, "sitepod_edge_processes")) === WORKERS);
    end.abort();
    await Promise.all(load);
    for (const connection of connections) connection[Symbol.dispose]();

    expect([...faults.keys()].toSorted()).toEqual(
      connections
        .map(({ port }) => port)
        .filter((port) => lost.has(port))
        .toSorted(),
    );
    expect(connections.filter(({ port }) => kept.has(port)).length).toBeGreaterThan(0);
    expect(await readMetric(server, "sitepod_edge_restarts_total")).toBe(1);
    expect(server.output().match(/Edge \d has ended \(SIGKILL\)/g)).toHaveLength(1);
    expect(new Set(await askAnew(server, host, "/", 20))).toEqual(new Set([PAGE]));
    const again = await Promise.all(Array.from({ length: 24 }, () => keepConnection(server)));
    for (const { get } of again) expect((await get(host, "/")).body).toBe(PAGE);
    for (const pid of edgeProcesses(server)) expect(clientPortsOf(pid, server.port).size).toBeGreaterThan(0);
    for (const connection of again) connection[Symbol.dispose]();

    const counted = await readMetric(server, "sitepod_edge_requests_total");
    for (const pid of edgeProcesses(server)) process.kill(pid, "SIGKILL");
    const areBack = async () =>
      (await readMetric(server, "sitepod_edge_restarts_total").catch(() => 0)) === 1 + WORKERS;
    await waitUntil("all are back", areBack);
    expect(await readMetric(server, "sitepod_edge_requests_total")).toBe(counted);
  });

  test("one that takes its place knows the releases that were made meanwhile, and follows the next", async () => {
    const { server, client, host } = await startShop();
    await using _ = server;
    for (let round = 0; round < 3; round++) {
      for (const pid of edgeProcesses(server)) process.kill(pid, "SIGKILL");
      await waitUntil("all are back", () => edgeProcesses(server).length === WORKERS);
      const page = `round ${round}`;
      const answer = () => client.deploy("shop", { "index.html": page }, "prod").catch(() => undefined);
      await waitUntil("it is deployed", answer);
      await waitUntil("both serve", async () => (await readMetric(server, "sitepod_edge_processes")) === WORKERS);
      expect(new Set(await askAnew(server, host, "/", 16))).toEqual(new Set([page]));
    }
  });
});

describe.skipIf(process.platform !== "linux")("where the server itself ends (needs Linux)", () => {
  test.each([1, WORKERS])(
    "refused what it was told at the start, nothing of it goes on (%i workers)",
    async (workers) => {
      await using folder = await temporaryFolder();
      const options = ["--data", folder.path, "--port", "0", "--workers", `${workers}`];
      const env = { SITEPOD_ADMIN_EMAIL: "admin@example.com", SITEPOD_ADMIN_PASSWORD: "short" };
      await using refused = startProcess([executable, "serve", ...options], { cwd: folder.path, env });
      await waitUntil("it has ended", () => refused.exitCode() !== undefined, { describe: refused.output });
      expect([refused.exitCode(), refused.output()]).toEqual([2, expect.stringContaining("password")]);
      // What it printed is all there is only once no edge holds the stream any more.
      await refused.end("SIGTERM");
    },
  );

  test("killed, it takes its edges with it, and starts again on the same ports at once", async () => {
    const { server, host } = await startShop();
    await using first = server;
    const edges = edgeProcesses(first);
    expect(edges).toHaveLength(WORKERS);
    await first.kill();
    await using again = await startServer({ data: first.data, port: first.port, flags });
    await waitUntil("the old edges have ended", () => edges.every(isGone));
    expect(new Set(await askAnew(again, host, "/", 20))).toEqual(new Set([PAGE]));
    expect((await callApi({ endpoint: again.url }, "GET", "/health")).status).toBe(200);
  });

  test.each([1, WORKERS])(
    "told to stop, it answers every request of who closes when asked to (%i workers)",
    async (workers) => {
      const { server: builder, host } = await startShop();
      await builder.stop();
      await using _ = builder;
      await using server = await startServer({ data: builder.data, flags: ["--workers", `${workers}`] });
      let isStopping = false;
      let [answers, farewells] = [0, 0];
      const faults: string[] = [];
      const client = async () => {
        for (;;) {
          // Nobody there any more, or gone before it had said anything: the client may ask another server.
          const connection = await keepConnection(server).catch(() => undefined);
          if (!connection) return;
          using open = connection;
          let answeredMs = performance.now();
          for (let turn = 0; ; turn++) {
            const isBusy = performance.now() - answeredMs < BUSY_MS;
            const answer = await open.get(host, "/").catch((error: Error) => error);
            answeredMs = performance.now();
            if (answer instanceof Error) {
              if ((turn > 0 && isBusy) || !isStopping) faults.push(`request ${turn}: ${answer.message}`);
              break;
            }
            if (answer.body !== PAGE) faults.push(`request ${turn}: ${answer.status}`);
            answers++;
            if (answer.isLast) {
              farewells++;
              break;
            }
          }
        }
      };
      const clients = Array.from({ length: 16 }, client);
      await waitUntil("it is under load", () => answers > 500);
      isStopping = true;
      await server.stop();
      await Promise.all(clients);
      expect(faults).toEqual([]);
      expect(farewells).toBeGreaterThanOrEqual(16);
    },
  );
});
