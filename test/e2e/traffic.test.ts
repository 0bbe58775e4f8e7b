import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:http2";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { edgeProcesses } from "../harness/edge-processes.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { type RestartableServer, startRestartable } from "../harness/restartable-server.ts";
import { startServer } from "../harness/server.ts";
import { waitUntil } from "../harness/wait-until.ts";

const WORKERS = 2;
const PAGE = "<h1>Shop</h1>";
const STYLE = "body { color: teal }\n".repeat(200);

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** One of each kind of answer. The first is ready from the second time on. */
const QUESTIONS: readonly Asked[] = [
  { path: "/", status: 200 },
  { path: "/?from=mail", status: 200 },
  { path: "/", method: "HEAD", status: 200 },
  { path: "/", headers: { range: "bytes=1-2" }, status: 206 },
  { path: "/", headers: { range: "bytes=900-" }, status: 416 },
  { path: "/", headers: { "if-none-match": "*" }, status: 304 },
  { path: "/style.css", headers: { "accept-encoding": "br" }, status: 200 },
  { path: "/guide.html", status: 307 },
  { path: "/gone.png", status: 404 },
  { path: "/", method: "POST", status: 405 },
];
const ROUNDS = 6;

describe.skipIf(process.platform !== "linux")(`the traffic of a site, by ${WORKERS} workers (needs Linux)`, () => {
  let restartable: RestartableServer;
  let client: DeployClient;
  let token: string;
  let httpsPort: number;
  /** Bytes of the compressed style. */
  let compressed: number;
  const ends: (() => unknown)[] = [];
  const hostOf = (site: string) => `${site}.${restartable.server.domain}`;

  beforeAll(async () => {
    const [port, secure] = (await findFreePorts(2)) as [number, number];
    httpsPort = secure;
    const https = ["--https", "--https-port", `${secure}`, "--acme-directory", "https://127.0.0.1:9/directory"];
    restartable = await startRestartable([...https, "--workers", `${WORKERS}`, "--traffic-every", "1"], port);
    ({ token } = await register(restartable.server.url));
    client = deployClient({ endpoint: restartable.server.url, token });
    const files = { "index.html": PAGE, "guide.html": "guide", "style.css": STYLE };
    for (const site of ["warm", "shop"]) await client.deploy(site, files, "prod");
    compressed = await waitUntil("the style is compressed at both edges", async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () =>
          askOnce("warm", { path: "/style.css", headers: { "accept-encoding": "br" }, status: 200 }),
        ),
      );
      return answers.every(({ encoding }) => encoding === "br") && answers[0]!.length;
    });
  });
  afterAll(async () => {
    for (const end of ends) end();
    await restartable?.[Symbol.asyncDispose]();
  });

  /** Over HTTP/1.1, on a new connection: the system chooses the edge. */
  async function askOnce(site: string, { path, method = "GET", headers = {}, status }: Asked) {
    const response = await fetch(`https://127.0.0.1:${httpsPort}${path}`, {
      method,
      headers: { Host: hostOf(site), "Accept-Encoding": "identity", Connection: "close", ...headers },
      redirect: "manual",
      decompress: false,
      tls: { rejectUnauthorized: false },
    });
    expect([path, method, response.status]).toEqual([path, method, status]);
    return { encoding: response.headers.get("content-encoding"), length: (await response.bytes()).length };
  }

  function askByHttp2(
    session: ReturnType<typeof connect>,
    site: string,
    { path, method = "GET", headers, status }: Asked,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stream = session.request({ ":path": path, ":method": method, ":authority": hostOf(site), ...headers });
    stream.on("response", (answer) => expect([path, answer[":status"]]).toEqual([path, status]));
    stream.on("error", reject);
    stream.on("close", resolve);
    stream.resume();
    stream.end();
    return promise;
  }

  const traffic = (site: string) => client.call<Api.Traffic>("GET", `/projects/${site}/traffic?range=month`);
  const whenTold = (site: string, requests: number) =>
    waitUntil(`${requests} requests are told of`, async () => {
      const told = await traffic(site);
      expect(told.total.requests).toBeLessThanOrEqual(requests);
      return told.total.requests === requests && told;
    });
  const ask = async (site: string, times: number) => {
    await Promise.all(Array.from({ length: times }, () => askOnce(site, QUESTIONS[0]!)));
  };

  test("is exact over all kinds of answers and both protocols, whichever edge answers", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      for (const question of QUESTIONS) await askOnce("shop", question);
    }
    const session = connect(`https://127.0.0.1:${httpsPort}`, { rejectUnauthorized: false });
    ends.push(() => session.destroy());
    for (let round = 0; round < ROUNDS; round++) {
      for (const question of QUESTIONS) await askByHttp2(session, "shop", question);
    }
    const times = 2 * ROUNDS;
    const told = await whenTold("shop", times * QUESTIONS.length);
    expect(told.total).toEqual({
      requests: times * 10,
      bytes: times * (2 * PAGE.length + 2 + compressed),
      answers: { "2xx": times * 5, "3xx": times * 2, "4xx": times * 3, "5xx": 0 },
      not_modified: times,
    });
    expect(told.paths).toEqual([
      { path: "/", requests: times * 5 },
      { path: "/style.css", requests: times },
    ]);
    expect(told.missing_paths).toEqual([{ path: "/gone.png", requests: times }]);
    expect(told.environments[0]).toEqual({ environment: "prod", requests: times * 10 });
  });

  test("is told by the command line", async () => {
    await using person = await commandLine({ endpoint: restartable.server.url, token });
    const { code, stdout } = await person.run(["traffic", "shop", "--range", "hour"]);
    expect(code).toBe(0);
    expect(stdout).toContain("shop: 120 requests in the last hour");
    expect(stdout).toMatch(/^ +12 {2}\/gone\.png$/m);
  });

  test("of an edge that is killed, what it had told stays, and the one in its place counts on", async () => {
    await client.deploy("killed", { "index.html": PAGE }, "prod");
    await ask("killed", 12);
    await whenTold("killed", 12);
    const before = edgeProcesses({ pid: await restartable.pid() });
    process.kill(before[0]!, "SIGKILL");
    await waitUntil("another takes its place", async () => {
      const now = edgeProcesses({ pid: await restartable.pid() });
      return now.length === WORKERS && !now.includes(before[0]!);
    });
    await ask("killed", 12);
    await whenTold("killed", 24);
  });

  test("an edge that ends in order tells the last of it, and so does a server that is restarted", async () => {
    await client.deploy("restarted", { "index.html": PAGE }, "prod");
    await ask("restarted", 12);
    await restartable.restart();
    await ask("restarted", 12);
    await whenTold("restarted", 24);
  });

  test("a server that is killed loses what it had not written, and nothing else", async () => {
    await client.deploy("last", { "index.html": PAGE }, "prod");
    await ask("last", 12);
    await whenTold("last", 12);
    const { data, port } = restartable.server;
    process.kill(await restartable.pid(), "SIGKILL");
    await using next = await startServer({ data, flags: ["--traffic-every", "60"] });
    client = deployClient({ endpoint: next.url, token });
    expect((await traffic("last")).total.requests).toBe(12);
    expect(next.port).not.toBe(port);
    // Long before it is due, since it is told to stop.
    const page = await fetch(next.url, { headers: { Host: hostOf("last") } });
    expect(await page.text()).toBe(PAGE);
    await next.stop();
    await using again = await startServer({ data, flags: ["--traffic-every", "0"] });
    client = deployClient({ endpoint: again.url, token });
    await fetch(again.url, { headers: { Host: hostOf("last") } });
    expect((await traffic("last")).total.requests).toBe(13);
  });
});
