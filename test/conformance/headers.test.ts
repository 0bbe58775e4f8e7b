import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { exchange, fetchHost } from "../harness/tenant.ts";
import { FILES, SITES } from "./headers/sites.ts";

const LOCKED = `
/*
  X-All: 1
/secret/*
  Basic-Auth: ann:a:b bob:pass cé:ü
  X-Secret: 1
/secret/inner/*
  Basic-Auth: bob:pass
/broken
  Basic-Auth: nobody
`;
const REDIRECTS = "/secret/old /secret/page\n/from-outside /secret/page 200\n/moved /about";

const hostOf = (index: number): string => `h${index}.sitepod.test`;
const LOCKED_HOST = "locked.sitepod.test";
const WHOLE_HOST = "whole.sitepod.test";

let server: EdgeServer;

beforeAll(async () => {
  server = startEdge();
  for (const [index, { rules, dialect }] of SITES.entries()) {
    const headers = rules.replaceAll("HOST", hostOf(index));
    await server.release(
      `h${index}`,
      "prod",
      { ...FILES, _headers: headers },
      dialect ? { rules_dialect: dialect } : {},
    );
  }
  await server.release("locked", "prod", { ...FILES, _headers: LOCKED, _redirects: REDIRECTS });
  await server.release("whole", "prod", { ...FILES, _headers: "/*\n  Basic-Auth: ann:a" });
});

afterAll(() => server[Symbol.dispose]());

for (const [index, { about, rows }] of SITES.entries()) {
  test.each([...rows])(`${about}: %s has %s: %s`, async (path, header, value) => {
    const { headers } = await fetchHost(server, hostOf(index), path);
    expect(headers.get(header) ?? "-").toBe(value);
  });
}

describe("answers that are not a whole file", () => {
  const ask = (path: string, headers: Record<string, string>, method = "GET") =>
    fetchHost(server, hostOf(0), path, { headers, method });

  test("304 and 206 have the owner's headers, and describe themselves", async () => {
    const path = "/assets/index-DiwrgTda.js";
    const whole = await ask(path, {});
    const notModified = await ask(path, { "If-None-Match": whole.headers.get("ETag")! });
    expect([notModified.status, notModified.headers.get("X-All"), notModified.headers.get("Content-Type")]).toEqual([
      304,
      "yes",
      null,
    ]);
    expect(notModified.headers.get("Cache-Control")).toBe("public, max-age=60");
    const part = await ask("/assets/app.js", { Range: "bytes=0-0" });
    expect([part.status, part.headers.get("X-All"), part.headers.get("Content-Range")]).toEqual([
      206,
      "yes",
      "bytes 0-0/1",
    ]);
    const parts = await ask("/about", { Range: "bytes=0-0,2-3" });
    expect(parts.headers.get("Content-Type")).toStartWith("multipart/byteranges");
  });

  test("HEAD has the headers of GET", async () => {
    const head = await ask("/about", {}, "HEAD");
    expect([head.headers.get("X-About"), head.headers.get("Content-Length")]).toEqual(["1", "8"]);
  });

  test("a condition that fails is not kept", async () => {
    const failed = await ask("/assets/app.js", { "If-Match": '"x"' });
    expect([failed.status, failed.headers.get("Cache-Control"), failed.headers.get("X-Script")]).toEqual([
      412,
      "no-store",
      "1",
    ]);
  });
});

test("cookies are lines of their own", async () => {
  const files = {
    "index.html": "x",
    _headers: "/*\n  Set-Cookie: a=1\n  Set-Cookie: b=2; Path=/\n/\n  Set-Cookie: c=3",
  };
  await server.release("cookies", "prod", files);
  const text = await exchange(server, "GET / HTTP/1.1\r\nHost: cookies.sitepod.test\r\nConnection: close\r\n\r\n");
  expect(text.match(/^set-cookie: .*$/gim)?.map((line) => line.slice("set-cookie: ".length))).toEqual([
    "a=1",
    "b=2; Path=/",
    "c=3",
  ]);
});

test("Vary grows, whatever the owner says", async () => {
  await server.release("vary", "prod", { "index.html": "x".repeat(5000), _headers: "/*\n  Vary: X-Mine" });
  const { headers } = await fetchHost(server, "vary.sitepod.test", "/");
  expect(headers.get("Vary")).toBe("Accept-Encoding, X-Mine");
});

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

test.each([
  ["/secret/page", "", 401],
  ["/secret/page", basic("ann:a:b"), 200],
  ["/secret/page", basic("bob:pass"), 200],
  ["/secret/page", basic("cé:ü"), 200],
  ["/secret/page", basic("ann:a"), 401],
  ["/secret/page", basic("ann:pass"), 401],
  ["/secret/page", basic("bob:"), 401],
  ["/secret/page", basic(""), 401],
  ["/secret/page", basic(":"), 401],
  ["/secret/page", "Basic", 401],
  ["/secret/page", "Basic !!!", 401],
  ["/secret/page", "Bearer x", 401],
  ["/secret/page", basic("bob:pass").replace("Basic", "bASIC"), 200],
  ["/secret", "", 401],
  ["/secret/", "", 401],
  ["/SECRET/page", "", 401],
  ["/%73ecret/page", "", 401],
  ["/secret/%70age", "", 401],
  ["/secret/page.html", "", 401],
  ["/secret/none", "", 401],
  ["/secret/none", basic("bob:pass"), 404],
  ["/secret/old", "", 401],
  ["/secret/old", basic("bob:pass"), 301],
  ["/secret/inner/x", basic("ann:a:b"), 401],
  ["/secret/inner/x", basic("bob:pass"), 404],
  ["/x/../secret/page", "", 401],
  ["/secret%2fpage", "", 404],
  ["/broken", basic("nobody:"), 401],
  ["/secretly", "", 404],
  ["/about", "", 200],
  ["/moved", "", 301],
] as const)("locked %s with %j is %d", async (path, authorization, status) => {
  const headers: Record<string, string> = authorization === "" ? {} : { Authorization: authorization };
  const response = await fetchHost(server, LOCKED_HOST, path, { headers });
  expect(response.status).toBe(status);
  if (status !== 401) return;
  expect(response.headers.get("WWW-Authenticate")).toBe('Basic realm="This site", charset="UTF-8"');
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(response.headers.get("X-Secret")).toBeNull();
});

test("what a password opens is for no cache that others share", async () => {
  const ask = (path: string) => fetchHost(server, LOCKED_HOST, path, { headers: { Authorization: basic("bob:pass") } });
  expect((await ask("/secret/page")).headers.get("Cache-Control")).toBe("private, max-age=0, must-revalidate");
  expect((await ask("/secret/old")).headers.get("Cache-Control")).toStartWith("private");
  expect((await ask("/secret/page")).headers.get("X-Secret")).toBe("1");
});

test.each(["/", "/none", "//none", "/a%2fb", "/%zz", "/_headers", "/_redirects", "/404.html"])(
  "a site that is locked as a whole tells nothing at %s",
  async (path) => {
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${WHOLE_HOST}`, "Connection: close", "", ""];
    const answer = await exchange(server, lines.join("\r\n"));
    expect(answer).toStartWith("HTTP/1.1 401");
    expect(answer).not.toContain("<p>no");
  },
);

test("a site that is locked as a whole refuses every method alike", async () => {
  for (const method of ["HEAD", "POST", "OPTIONS", "DELETE"]) {
    expect((await fetchHost(server, WHOLE_HOST, "/", { method })).status).toBe(401);
  }
});
