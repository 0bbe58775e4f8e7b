import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { readFileSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import type { DeployClient } from "../harness/deploy-client.ts";
import { clientPortsOf, edgeProcesses } from "../harness/edge-processes.ts";
import { keepConnection } from "../harness/kept-connection.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import type { Server } from "../harness/server.ts";
import { exchange, fetchHost } from "../harness/tenant.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { ADMIN_TOKEN, askAnew, PAGE, readMetric, startShop, WORKERS } from "../harness/workers.ts";

const PASSWORD = "correct horse battery";

describe.skipIf(process.platform !== "linux")(`a server with ${WORKERS} workers (needs Linux)`, () => {
  let server: Server;
  let client: DeployClient;
  let token: string;
  let host: string;

  beforeAll(async () => {
    ({ server, client, token, host } = await startShop());
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("serves sites, the console and the API, and counts the requests of all its edges", async () => {
    const before = await readMetric(server, "sitepod_edge_requests_total");
    expect(new Set(await askAnew(server, host, "/", 40))).toEqual(new Set([PAGE]));
    expect(await readMetric(server, "sitepod_edge_requests_total")).toBe(before + 40);
    expect(await readMetric(server, "sitepod_edge_processes")).toBe(WORKERS);
    const counted = await (await fetch(`${server.url}/api/v1/metrics`)).text();
    expect(counted).toContain('sitepod_events_total{action="release.create"} 1\n');
    expect(counted).toContain('sitepod_events_total{action="environment.rollback"} 0\n');
    expect(counted).toContain('sitepod_api_requests_total{method="POST",route="/api/v1/commit",code="2xx"} 1\n');
    const console = await fetch(`${server.url}/`);
    expect([console.status, console.headers.get("Content-Type")]).toEqual([200, "text/html;charset=utf-8"]);
    expect((await fetch(`${server.url}/api/v1/nothing`)).status).toBe(404);
    expect(await client.call<Api.Project>("GET", "/projects/shop")).toMatchObject({ name: "shop" });
  });

  test("a release is seen over every new connection as soon as it is acknowledged", async () => {
    for (let i = 1; i <= 20; i++) {
      const page = `release ${i}`;
      await client.deploy("seen", { "index.html": page }, "prod");
      const seen = await askAnew(server, `seen.${server.domain}`, "/", 12);
      expect(new Set(seen)).toEqual(new Set([page]));
    }
  });

  test("a deleted site is at no edge as soon as that is acknowledged, and a restored one is at all", async () => {
    await client.deploy("gone", { "index.html": "still here" }, "prod");
    const seen = async () => new Set(await askAnew(server, `gone.${server.domain}`, "/", 12));
    for (let i = 0; i < 5; i++) {
      expect(await seen()).toEqual(new Set(["still here"]));
      await client.call("DELETE", "/projects/gone");
      expect(await seen()).not.toContain("still here");
      await client.call("POST", "/bin/gone/restore");
    }
  });

  test("a release waits for an edge that does not say that it follows, but not for long", async () => {
    await client.deploy("slow", { "index.html": "one" }, "prod");
    await client.deploy("slow", { "index.html": "two" });
    using connection = await keepConnection(server);
    await connection.get(host, "/");
    const stopped = edgeProcesses(server).find((pid) => !clientPortsOf(pid, server.port).has(connection.port))!;
    const body = JSON.stringify({ project: "slow", environment: "prod" });
    const startMs = performance.now();
    process.kill(stopped, "SIGSTOP");
    try {
      const answer = await connection.send(
        [
          "POST /api/v1/release HTTP/1.1",
          `Host: ${server.domain}`,
          `Authorization: Bearer ${token}`,
          "Content-Type: application/json",
          `Content-Length: ${body.length}`,
          "",
          body,
        ].join("\r\n"),
      );
      expect([answer.status, JSON.parse(answer.body)]).toEqual([200, expect.objectContaining({ version: "v2" })]);
      expect(performance.now() - startMs).toBeGreaterThan(95);
    } finally {
      process.kill(stopped, "SIGCONT");
    }
    expect(new Set(await askAnew(server, `slow.${server.domain}`, "/", 16))).toEqual(new Set(["two"]));
  });

  test("a file of 90 MiB is deployed through an edge, and comes back whole", async () => {
    const film = new Uint8Array(90 * 1024 * 1024);
    for (let i = 0; i < film.length; i += 1009) film[i] = i;
    await client.deploy("films", { "film.bin": film }, "prod");
    const received = await (await fetchHost(server, `films.${server.domain}`, "/film.bin")).bytes();
    expect(Buffer.from(received).equals(Buffer.from(film))).toBe(true);
  });

  test("what is too large for the API is refused, whether its length is told or not", async () => {
    const head = `POST /api/v1/plan HTTP/1.1\r\nHost: ${server.domain}\r\nConnection: close\r\n`;
    const told = await exchange(server, `${head}Content-Length: ${2 ** 40}\r\n\r\n`);
    expect(told).toStartWith("HTTP/1.1 413");
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    });
    const untold = fetch(`${server.url}/api/v1/plan`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body,
    });
    expect((await untold).status).toBe(413);
  });

  test("many clients that send their requests slowly keep nobody else from the API", async () => {
    const request = `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${server.domain}\r\nContent-Length: 100\r\n\r\n{`;
    const sockets: Socket[] = [];
    try {
      for (let i = 0; i < 600; i++) sockets.push(connect(server.port, "127.0.0.1", () => {}));
      await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(request, resolve))));
      const statuses = await Promise.all(
        Array.from({ length: 20 }, () =>
          exchange(server, `GET /api/v1/health HTTP/1.1\r\nHost: ${server.domain}\r\nConnection: close\r\n\r\n`),
        ),
      );
      for (const status of statuses) expect(status).toStartWith("HTTP/1.1 200");
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  test("a client cannot say who it is: what an edge tells the server of it, it cannot tell itself", async () => {
    const forged = { "Sitepod-Client-Address": "203.0.113.9", "Sitepod-Client-Scheme": "https" };
    const response = await fetch(`${server.url}/api/v1/tokens`, {
      method: "POST",
      headers: { ...forged, Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name: "forged" }),
    });
    expect(response.status).toBe(200);
    const { events } = await client.call<Api.AuditList>("GET", "/audit");
    expect(new Set(events.map(({ address }) => address))).toEqual(new Set(["127.0.0.1"]));
  });

  test("nobody else can enter the folder of the socket between the edges and the server", async () => {
    const folder = await stat(join(server.data, "run"));
    expect((folder.mode & 0o777).toString(8)).toBe("700");
    const asNobody = ["setpriv", "--reuid=65534", "--clear-groups", "curl", "-sS", "--unix-socket"];
    if (process.getuid?.() !== 0 || Bun.which("setpriv") === null || Bun.which("curl") === null) return;
    const url = "http://localhost/api/v1/health";
    const attempt = Bun.spawn([...asNobody, join(server.data, "run", "control.sock"), url], { stderr: "pipe" });
    expect(await attempt.exited).not.toBe(0);
  });

  test("what the server is told in secret stands in neither the arguments nor the environment of an edge", async () => {
    const tellsOf = (pid: number) =>
      ["cmdline", "environ"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")).join();
    expect(tellsOf(server.pid)).toContain(ADMIN_TOKEN);
    for (const pid of edgeProcesses(server)) expect(tellsOf(pid)).not.toContain(ADMIN_TOKEN);
  });

  test("passwords of a protected site can be tried as often as with one process, however many edges are asked", async () => {
    await client.deploy("locked", { "index.html": "secret" }, "prod");
    await client.call("PUT", "/access", { project: "locked", environment: "prod", password: PASSWORD });
    const form = "password=wrong";
    const request = [
      `POST /?sitepod_access=password HTTP/1.1`,
      `Host: locked.${server.domain}`,
      `Content-Type: application/x-www-form-urlencoded`,
      `Content-Length: ${form.length}`,
      `Connection: close`,
      ``,
      form,
    ].join("\r\n");
    const startMs = performance.now();
    const statuses: string[] = [];
    for (let i = 0; i < 24; i++) statuses.push((await exchange(server, request)).slice(9, 12));
    // The count begins anew after a minute, which a busy machine may need for so many.
    if (performance.now() - startMs > 60_000) return;
    expect(statuses).toEqual([...Array<string>(20).fill("401"), ...Array<string>(4).fill("429")]);
  });

  test("what an edge has to tell stands in the server's log once", async () => {
    await client.deploy("torn", { "index.html": "torn" }, "prod");
    await client.release("torn", "beta");
    const other = `torn-beta.${server.domain}`;
    await writeFile(join(server.data, "refs", "torn", "beta.json"), "{");
    expect((await fetchHost(server, other, "/")).status).toBe(503);
    const line = /^\S+ edge [12]: Cannot answer GET http:\/\/torn-beta/gm;
    await waitUntil("it is logged", () => line.test(server.output()));
    expect(server.output().match(line)).toHaveLength(1);
  });

  test("another server cannot have the port, though edges share it", async () => {
    await using folder = await temporaryFolder();
    for (const workers of ["1", "2"]) {
      const options = ["--data", join(folder.path, workers), "--port", `${server.port}`, "--domain", server.domain];
      await using other = startProcess([executable, "serve", ...options, "--workers", workers], { cwd: folder.path });
      await waitUntil("it has ended", () => other.exitCode() !== undefined, { describe: other.output });
      expect([other.exitCode(), other.output()]).toEqual([
        1,
        expect.stringContaining(`Port ${server.port} is in use.`),
      ]);
    }
  });
});
