import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSelfSigned } from "#pki";
import { createProxy, isPublicAddress } from "#serve";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { fetchHost } from "../harness/tenant.ts";

// Rules that ask another server, against a real one. It is on this machine, which only the tests allow.

const HOST = "p.sitepod.test";
let upstream: Bun.Server<undefined>;
let open: EdgeServer;
let strict: EdgeServer;
let closed: EdgeServer;

const visitors = { addressOf: () => "192.0.2.7", isHttps: () => false };

function answer(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  if (pathname === "/moved") return Response.redirect("http://127.0.0.1:1/internal", 302);
  if (pathname === "/cookie")
    return new Response("x", { headers: { "Set-Cookie": "a=1", "X-Kept": "1", Connection: "x-hop", "X-Hop": "1" } });
  if (pathname === "/gone") return new Response("gone", { status: 410 });
  if (pathname === "/empty") return new Response(null, { status: 204 });
  if (pathname === "/huge")
    return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024 * 1024)) }));
  return Response.json({
    method: request.method,
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
  });
}

async function release(server: EdgeServer): Promise<void> {
  const base = `http://127.0.0.1:${upstream.port}`;
  const rules = [
    `/api/* ${base}/v1/:splat 200`,
    `/up/* ${base}/:splat 200`,
    `/file ${base}/v1/file 200`,
    `/forced ${base}/v1/forced 200!`,
    `/named http://localhost:${upstream.port}/v1/named 200`,
    `/loop http://127.0.0.1:${server.port}/loop 200`,
    "/private http://10.0.0.1/ 200",
    "/metadata http://169.254.169.254/latest/ 200",
    "/mapped http://[::ffff:127.0.0.1]/ 200",
    "/loopback6 http://[::1]/ 200",
    "/decimal http://2130706433/ 200",
    "/nobody http://127.0.0.1:1/ 200",
    "/no-name http://does-not-exist.invalid/ 200",
  ];
  const files = {
    "index.html": "home",
    file: "mine",
    forced: "mine",
    _redirects: rules.join("\n"),
    _headers: "/*\n  X-Mine: 1",
  };
  await server.release("p", "prod", files);
}

beforeAll(async () => {
  upstream = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  open = startEdge({ proxy: createProxy({ ...visitors, isAllowedAddress: (address) => address === "127.0.0.1" }) });
  strict = startEdge({ proxy: createProxy({ ...visitors, isAllowedAddress: isPublicAddress }) });
  closed = startEdge();
  await Promise.all([open, strict, closed].map(release));
});

afterAll(() => {
  for (const server of [open, strict, closed]) server[Symbol.dispose]();
  return upstream.stop(true);
});

interface Echo {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

async function echo(path: string, init: RequestInit = {}): Promise<Echo> {
  const response = await fetchHost(open, HOST, path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

test("path and query are handed on", async () => {
  expect((await echo("/api/a%20b/c?x=1&y")).path).toBe("/v1/a%20b/c?x=1&y");
});

test("any method is, with its body", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const { headers, ...rest } = await echo("/api/x", { method, body: "hello" });
    expect(rest).toEqual({ method, path: "/v1/x" });
    expect(headers["content-length"]).toBe("5");
  }
  expect((await echo("/api/x", { method: "OPTIONS" })).method).toBe("OPTIONS");
});

test("who asks is told, and secrets of this host are not", async () => {
  const { headers } = await echo("/api/x", {
    headers: {
      Authorization: "Bearer secret",
      Cookie: "session=secret",
      "Proxy-Authorization": "Basic x",
      "X-Forwarded-For": "6.6.6.6",
      "X-Forwarded-Host": "evil.example",
      Forwarded: "for=6.6.6.6",
      TE: "trailers",
      "X-Other": "kept",
    },
  });
  expect(headers).toMatchObject({
    host: `127.0.0.1:${upstream.port}`,
    "x-forwarded-for": "192.0.2.7",
    "x-forwarded-host": HOST,
    "x-forwarded-proto": "http",
    "x-other": "kept",
  });
  for (const name of ["authorization", "cookie", "proxy-authorization", "forwarded", "te"]) {
    expect(headers).not.toHaveProperty(name);
  }
  expect(JSON.stringify(headers)).not.toContain("secret");
});

test("the answer comes with its status, without what concerns the connection or sets cookies here", async () => {
  expect((await fetchHost(open, HOST, "/up/gone")).status).toBe(410);
  expect((await fetchHost(open, HOST, "/up/empty")).status).toBe(204);
  const { headers } = await fetchHost(open, HOST, "/up/cookie");
  expect([headers.get("Set-Cookie"), headers.get("X-Hop"), headers.get("X-Kept"), headers.get("X-Mine")]).toEqual([
    null,
    null,
    "1",
    null,
  ]);
});

test("a redirect is handed on, not followed", async () => {
  const response = await fetchHost(open, HOST, "/up/moved");
  expect([response.status, response.headers.get("Location")]).toEqual([302, "http://127.0.0.1:1/internal"]);
});

test("below a beta the answer is not for search engines", async () => {
  const rules = `/api/* http://127.0.0.1:${upstream.port}/:splat 200`;
  await open.release("p", "beta", { "index.html": "home", _redirects: rules });
  const beta = await fetchHost(open, "p-beta.sitepod.test", "/api/x");
  expect([beta.status, beta.headers.get("X-Robots-Tag")]).toEqual([200, "noindex"]);
  expect((await fetchHost(open, HOST, "/api/x")).headers.get("X-Robots-Tag")).toBeNull();
});

test("requests that have ended make room for others", async () => {
  const paths = ["/api/x", "/up/empty", "/nobody", "/up/gone"];
  for (let round = 0; round < 150; round++) {
    const response = await fetchHost(open, HOST, paths[round % paths.length]!);
    await response.body?.cancel();
    expect(response.status).not.toBe(503);
  }
});

test("a file wins unless the rule is forced", async () => {
  expect(await (await fetchHost(open, HOST, "/file")).text()).toBe("mine");
  expect((await echo("/forced")).path).toBe("/v1/forced");
});

test("a name is resolved to an address that is allowed", async () => {
  expect((await echo("/named")).path).toBe("/v1/named");
});

test.each(["/api/x", "/named", "/private", "/metadata", "/mapped", "/loopback6", "/decimal", "/no-name"])(
  "%s never reaches an address that is not public",
  async (path) => {
    const before = upstream.pendingRequests;
    const response = await fetchHost(strict, HOST, path);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([502, "no-store"]);
    expect(await response.text()).not.toContain("method");
    expect(upstream.pendingRequests).toBe(before);
  },
);

test("where the server asks nobody, that is what it says", async () => {
  const response = await fetchHost(closed, HOST, "/api/x");
  expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("--allow-proxying")]);
  expect((await fetchHost(closed, HOST, "/file")).status).toBe(200);
});

test("a server that is not there is a 502", async () => {
  expect((await fetchHost(open, HOST, "/nobody")).status).toBe(502);
});

test("a server whose certificate nobody vouches for is not believed", async () => {
  const { chain, key } = await createSelfSigned(["localhost"], Date.now());
  const secure = Bun.serve({ port: 0, hostname: "127.0.0.1", tls: { cert: chain, key: key.reveal() }, fetch: answer });
  await open.release("t", "prod", { "index.html": "x", _redirects: `/x https://localhost:${secure.port}/ 200` });
  const response = await fetchHost(open, "t.sitepod.test", "/x");
  await secure.stop(true);
  expect(response.status).toBe(502);
});

test("a rule that leads back to this server ends", async () => {
  const rules = `/* http://127.0.0.1:${open.port}/:splat 200`;
  await open.release("c", "prod", { "index.html": "x", _redirects: rules });
  // The control plane answers at the bare address: what is asked is not this site again.
  expect(await (await fetchHost(open, "c.sitepod.test", "/x")).text()).toBe("control");
  const again = await fetchHost(open, "c.sitepod.test", "/x", { headers: { Via: "1.1 sitepod" } });
  expect(again.status).toBe(508);
});

test("a body that is too large is refused", async () => {
  const response = await fetchHost(open, HOST, "/api/x", {
    method: "POST",
    body: new Uint8Array(4 * 1024 * 1024 + 1),
  });
  expect(response.status).toBe(413);
});

test("an answer that does not end is cut off", async () => {
  const response = await fetchHost(open, HOST, "/up/huge");
  let length = 0;
  const read = async () => {
    for await (const chunk of response.body!) length += chunk.length;
  };
  await read().catch(() => {});
  expect(length).toBeLessThanOrEqual(100 * 1024 * 1024);
}, 30_000);

test("an answer that does not begin is given up", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  await open.release("s", "prod", { "index.html": "x", _redirects: `/x http://127.0.0.1:${silent.port}/ 200` });
  const response = await fetchHost(open, "s.sitepod.test", "/x");
  silent.stop(true);
  expect(response.status).toBe(504);
}, 20_000);
