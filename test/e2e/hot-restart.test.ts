import { describe, expect, test } from "bun:test";
import { rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { allowMigration } from "../../src/bin/migrate-connections.ts";
import { askServer } from "../../src/bin/operator-socket.ts";
import { parseDataPlace } from "../../src/bin/storage-place.ts";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { loadByHttp2 } from "../harness/http2-load.ts";
import { startRestartable } from "../harness/restartable-server.ts";
import { startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const RESTARTS = 5;
const PAGE = `<h1>Shop</h1>${"text ".repeat(800)}`;
const isLinux = process.platform === "linux";
/** Nobody is there who would give a certificate: the self-signed one serves. */
const HTTPS = ["--https", "--acme-directory", "https://127.0.0.1:9/directory"];

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Has a command of the operator reach the server, which says that it is not what the command takes it for. */
async function expectOperatorIsAnswered(data: string): Promise<void> {
  using command = await askServer(data);
  const { storage } = parseDataPlace(data, {});
  const refusal = command.ask("prepareMove", { from: "s3://elsewhere", to: storage });
  await expect(refusal).rejects.toThrow(`The contents of this server are in ${data} now`);
}

describe.skipIf(!isLinux || Bun.which("wrk") === null || !allowMigration())(
  "a server that is told to restart (needs wrk and tcp_migrate_req)",
  () => {
    test.each([1, 2])(
      `fails no request over HTTP/1.1 and HTTP/2, and no deploy, with %d workers in ${RESTARTS} restarts`,
      async (workers) => {
        const [port, httpsPort] = (await findFreePorts(2)) as [number, number];
        const flags = [...HTTPS, "--https-port", `${httpsPort}`, "--workers", `${workers}`];
        await using restartable = await startRestartable(flags, port);
        const { server, pid, restart } = restartable;
        const { token } = await register(server.url);
        const client = deployClient({ endpoint: server.url, token });
        await client.deploy("shop", { "index.html": PAGE }, "prod");

        const end = new AbortController();
        const overHttp2 = Promise.all([1, 2].map(() => loadByHttp2(`https://127.0.0.1:${httpsPort}/`, 4, end.signal)));
        const headers = ["-H", `Host: shop.${server.domain}`, "-H", "Connection: keep-alive"];
        const site = `https://127.0.0.1:${httpsPort}/`;
        const wrk = Bun.spawn(["wrk", "-t1", "-c8", "-d600", ...headers, site], { stdout: "pipe" });
        const released: string[] = [];
        const deploys = (async () => {
          for (let turn = 0; !end.signal.aborted; turn++) {
            await client.deploy("busy", { "index.html": `turn ${turn}` }, "prod");
            released.push(`turn ${turn}`);
          }
        })();
        const processes = new Set([await pid()]);
        try {
          for (let turn = 0; turn < RESTARTS; turn++) {
            await restart();
            processes.add(await pid());
            const before = released.length;
            await Promise.race([waitUntil("deploys go on", () => released.length > before + 2), deploys]);
          }
        } finally {
          end.abort();
          wrk.kill("SIGINT");
        }
        await deploys;
        expect(processes.size).toBe(RESTARTS + 1);
        const results = await overHttp2;
        expect(results.flatMap(({ faults }) => faults)).toEqual([]);
        for (const { answered } of results) expect(answered).toBeGreaterThan(100);
        const report = await new Response(wrk.stdout).text();
        expect(Number(/(\d+) requests in/.exec(report)?.[1])).toBeGreaterThan(1000);
        expect(report).not.toContain("Socket errors");
        expect(report).not.toContain("Non-2xx");
        process.stdout.write(
          `${RESTARTS} restarts, ${workers} workers: ${/\d+ requests in \S+/.exec(report)?.[0]}, ${released.length} deploys\n`,
        );
        for (const one of [...processes].slice(0, -1)) {
          await waitUntil("those before have ended", () => !isAlive(one), { describe: server.output });
        }
        expect(await (await fetchHost({ port }, `busy.${server.domain}`, "/")).status).toBeOneOf([200, 308]);
        const history = await client.call<{ items: unknown[] }>("GET", "/history?project=busy&limit=500");
        expect(history.items).toHaveLength(released.length);
      },
    );
  },
);

describe.skipIf(!isLinux)("a server that is told to restart (needs Linux)", () => {
  test("serves on where the program in its place does not start, or cannot take over; and then restarts with the right one", async () => {
    const [port] = (await findFreePorts(1)) as [number];
    await using restartable = await startRestartable([], port);
    const { server, pid, failToRestart, replaceProgram } = restartable;
    const { token } = await register(server.url);
    const client = deployClient({ endpoint: server.url, token });
    const first = await pid();
    await client.deploy("shop", { "index.html": "one" }, "prod");

    await replaceProgram("#!/bin/sh\nexit 3\n");
    await failToRestart();
    expect(server.output()).toContain("has not taken over (exit code 3): this one serves on");
    await replaceProgram("no program");
    await failToRestart();
    await replaceProgram(undefined);
    const obstacle = join(server.data, "restoring");
    await writeFile(obstacle, "backup\n");
    await failToRestart();
    expect(server.output()).toContain("has not ended. Run it again");
    expect(await pid()).toBe(first);
    await client.deploy("shop", { "index.html": "two" }, "prod");
    expect(await (await fetchHost(server, `shop.${server.domain}`, "/")).text()).toBe("two");
    await expectOperatorIsAnswered(server.data);

    await rm(obstacle);
    await restartable.restart();
    expect(await pid()).not.toBe(first);
    await client.deploy("shop", { "index.html": "three" }, "prod");
    expect(await (await fetchHost(server, `shop.${server.domain}`, "/")).text()).toBe("three");
    await waitUntil("the first has ended", () => !isAlive(first));
    // What ended has taken nothing along: commands reach its successor, and the data folder is held as before.
    await expectOperatorIsAnswered(server.data);
    await expect(startServer({ data: server.data })).rejects.toThrow("Another sitepod server uses");
  });

  test("ends a download that was under way, however long it takes", async () => {
    const [port] = (await findFreePorts(1)) as [number];
    await using restartable = await startRestartable([], port);
    const { server, pid, restart } = restartable;
    const { token } = await register(server.url);
    const film = new Uint8Array(40 * 1024 * 1024);
    for (let i = 0; i < film.length; i += 1009) film[i] = i;
    await deployClient({ endpoint: server.url, token }).deploy("films", { "film.bin": film }, "prod");
    const first = await pid();

    let received = 0;
    const ended = Promise.withResolvers<void>();
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET /film.bin HTTP/1.1\r\nHost: films.${server.domain}\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (chunk) => {
      received += chunk.length;
      // The client takes no more until the other process serves.
      if (received < 1024 * 1024) return;
      socket.pause();
    });
    socket.on("close", () => ended.resolve());
    await waitUntil("the download has begun", () => socket.isPaused());
    await restart();
    await waitUntil("new connections reach the other", async () => (await fetch(`${server.url}/api/v1/health`)).ok);
    expect(isAlive(first)).toBe(true);
    socket.removeAllListeners("data");
    socket.on("data", (chunk) => (received += chunk.length));
    socket.resume();
    await ended.promise;
    expect(received).toBeGreaterThan(film.length);
    await waitUntil("the first has ended", () => !isAlive(first));
  });

  test("restarts as an edge, and hears the control plane again", async () => {
    const [port] = (await findFreePorts(1)) as [number];
    await using control = await startServer({ flags: ["--role", "control"] });
    const { token } = await register(control.url);
    const client = deployClient({ endpoint: control.url, token });
    await client.deploy("shop", { "index.html": "one" }, "prod");
    const flags = ["--data", control.data, "--role", "edge", "--control-url", control.url];
    await using restartable = await startRestartable(flags, port);
    const { server, pid, restart } = restartable;
    const first = await pid();
    await restart();
    await waitUntil("the first has ended", () => !isAlive(first));
    await client.deploy("shop", { "index.html": "two" }, "prod");
    await waitUntil(
      "it is seen",
      async () => (await (await fetchHost(server, "shop.sites.test", "/")).text()) === "two",
    );
  });
});
