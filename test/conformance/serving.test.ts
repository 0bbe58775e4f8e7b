import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { type Digest, encodeManifest, moveRef } from "#model";
import { createEdge } from "#serve";
import { createManifestReader, createReaders, hashBytes, openDiskStore, Records } from "#store";
import { exchange, fetchHost } from "../harness/tenant.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

// What goes over the wire: the edge behind a real Bun.serve, over a real store on disk.

const PAGE = "<!doctype html><p>hello";
const LARGE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);
const FILES = {
  "index.html": PAGE,
  "404.html": "<p>no",
  "large.bin": LARGE,
  "middle.bin": LARGE.subarray(0, 30_000),
  "part.bin": LARGE.subarray(0, 40_000),
  "empty.txt": "",
};
const HOST = "docs.sitepod.test";

const cleanup = new AsyncDisposableStack();
let server: { readonly port: number };

beforeAll(async () => {
  const folder = cleanup.use(await temporaryFolder());
  const store = await openDiskStore(folder.path);
  const records = new Records(store);

  async function put(bytes: Uint8Array): Promise<Digest> {
    const digest = hashBytes(bytes);
    await store.uploads.stage("w", digest, bytes.length, new Blob([new Uint8Array(bytes)]).stream());
    await store.uploads.commit("w", [digest]);
    return digest;
  }

  const entries = await Promise.all(
    Object.entries(FILES).map(async ([path, content]) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const type = path.endsWith(".html") ? "text/html; charset=utf-8" : "application/octet-stream";
      return { path, digest: await put(bytes), size: bytes.length, type };
    }),
  );
  const manifest = await put(encodeManifest(entries));
  const target = { site: "docs", environment: "prod", release: 1, image: "img_1", manifest } as const;
  await records.moveRef("docs", "prod", (current) => moveRef(current, target, 0, 0));

  const edge = createEdge({
    readers: createReaders(store, records, createManifestReader(store.blobs)),
    domain: "sitepod.test",
    nowMs: () => 0,
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
    access: {
      tryPassword: async () => ({ kind: "checked", isRight: false }),
      addressOf: () => null,
      isHttps: () => false,
    },
  });
  const listening = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      edge.parseHost(request.headers.get("host")).kind === "control" ? new Response("control") : edge.fetch(request),
  });
  cleanup.defer(() => listening.stop(true));
  server = { port: listening.port! };
});

afterAll(() => cleanup.disposeAsync());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a request line and headers as they are, and takes apart what comes back. */
async function send(line: string, ...headers: string[]): Promise<Answer> {
  const text = await exchange(server, [line, ...headers, "Connection: close", "", ""].join("\r\n"));
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...fields] = text.slice(0, end).split("\r\n");
  const pairs = fields.map((field): [string, string] => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  return { status: Number(status.split(" ")[1]), headers: new Headers(pairs), body: text.slice(end + 4) };
}

describe("the Host header", () => {
  test.each([
    ["a plain name", ["Host: docs.sitepod.test"], 200],
    ["upper case", ["Host: DOCS.SitePod.TEST"], 200],
    ["a port", ["Host: docs.sitepod.test:8080"], 200],
    ["a trailing dot", ["Host: docs.sitepod.test."], 200],
    ["a trailing dot and a port", ["Host: docs.sitepod.test.:80"], 200],
    ["two names", ["Host: docs.sitepod.test", "Host: docs.sitepod.test"], 400],
    ["none", [], 400],
    ["an empty one", ["Host: "], 400],
    ["a space", ["Host: docs.sitepod.test x"], 400],
    ["a slash", ["Host: docs.sitepod.test/x"], 400],
    ["a user", ["Host: x@docs.sitepod.test"], 400],
    ["a question mark", ["Host: docs.sitepod.test?x"], 400],
    ["a fragment", ["Host: docs.sitepod.test#x"], 400],
    ["percent-encoding", ["Host: d%6fcs.sitepod.test"], 400],
    ["two trailing dots", ["Host: docs.sitepod.test.."], 400],
    ["an over-long name", [`Host: ${"a.".repeat(121)}sitepod.test`], 400],
    ["a look-alike suffix", ["Host: docs.evilsitepod.test"], 404],
    ["the domain as a prefix", ["Host: docs.sitepod.test.evil.example"], 404],
    ["a deeper name", ["Host: a.docs.sitepod.test"], 404],
    ["an unknown site", ["Host: nobody.sitepod.test"], 404],
  ] as const)("%s", async (_, headers, status) => {
    expect((await send("GET / HTTP/1.1", ...headers)).status).toBe(status);
  });

  test.each(["sitepod.test", "api.sitepod.test", "localhost:1", "127.0.0.1", "[::1]:80"])(
    "%s is no site",
    async (host) => {
      expect((await send("GET / HTTP/1.1", `Host: ${host}`)).body).toBe("control");
    },
  );

  test("wins over the authority of an absolute request target", async () => {
    expect((await send("GET http://nobody.sitepod.test/ HTTP/1.1", `Host: ${HOST}`)).body).toBe(PAGE);
  });
});

describe("a request target", () => {
  test.each([
    ["/", 200],
    ["/?query", 200],
    ["/large.bin#fragment", 200],
    ["/x/../large.bin", 200],
    ["/%2e%2e/large.bin", 200],
    ["//index.html", 404],
    ["/x//index.html", 404],
    ["/..%2findex.html", 404],
    ["/..%5cindex.html", 404],
    ["/nope", 404],
    ["/%00", 400],
    ["/%", 400],
    ["/%c0%af", 400],
  ])("%s", async (target, status) => {
    expect((await send(`GET ${target} HTTP/1.1`, `Host: ${HOST}`)).status).toBe(status);
  });
});

test.each([
  ["a file of some kilobytes", "/middle.bin", "", 30_000],
  ["a part of one", "/part.bin", "Range: bytes=0-19999\r\n", 20_000],
])("%s has to be read first, and goes out with its headers and length in one piece", async (_, path, range, size) => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = connect(server.port, "127.0.0.1", () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${range}\r\n`),
  );
  socket.on("error", reject).on("data", resolve);
  const first = await promise;
  socket.destroy();
  const head = first.subarray(0, first.indexOf("\r\n\r\n") + 4);
  expect(first.length - head.length).toBe(size);
  expect(head.toString("latin1")).toContain(`Content-Length: ${size}\r\n`);
});

describe.each([
  ["a small file", "/", PAGE.length],
  ["a large file", "/large.bin", LARGE.length],
  ["an empty file", "/empty.txt", 0],
])("%s", (_, path, size) => {
  const get = (...headers: string[]) => send(`GET ${path} HTTP/1.1`, `Host: ${HOST}`, ...headers);

  test("comes whole, and does not tell the name it has in the store", async () => {
    const { status, headers, body } = await get();
    expect([status, body.length, headers.get("content-length")]).toEqual([200, size, `${size}`]);
    expect(JSON.stringify([...headers])).not.toMatch(/[0-9a-f]{33}/);
  });

  test("tells HEAD its length and sends nothing", async () => {
    const { status, headers, body } = await send(`HEAD ${path} HTTP/1.1`, `Host: ${HOST}`, "Range: bytes=0-1");
    expect([status, body, headers.get("content-length")]).toEqual([200, "", `${size}`]);
  });

  test("is a 304 without body or type for whoever has it", async () => {
    const etag = (await get()).headers.get("etag");
    for (const condition of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const { status, headers, body } = await get(`If-None-Match: ${condition}`);
      expect([status, body, headers.get("etag"), headers.has("content-type")]).toEqual([304, "", etag, false]);
      expect(headers.get("cache-control")).toBe("public, max-age=0, must-revalidate");
    }
    expect((await get('If-None-Match: "x"')).status).toBe(200);
    expect((await get('If-Match: "x"')).status).toBe(412);
  });
});

describe.each([
  ["a small file", "/", new TextEncoder().encode(PAGE)],
  ["a large file", "/large.bin", LARGE],
])("ranges of %s", (_, path, content) => {
  const size = content.length;
  const get = (range: string, more: Record<string, string> = {}) =>
    fetchHost(server, HOST, path, { headers: { Range: range, ...more } });

  test.each([
    ["bytes=0-3", 0, 4],
    ["bytes=5-", 5, size],
    ["bytes=-4", size - 4, size],
    [`bytes=2-${size * 2}`, 2, size],
  ])("%s is one part", async (range, start, end) => {
    const response = await get(range);
    expect([response.status, response.headers.get("content-range")]).toEqual([
      206,
      `bytes ${start}-${end - 1}/${size}`,
    ]);
    expect(await response.bytes()).toEqual(content.slice(start, end));
  });

  test("several are sent as parts of one body", async () => {
    const response = await get("bytes=0-1,-3");
    const type = response.headers.get("content-type") ?? "";
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]+)$/.exec(type)?.[1];
    expect([response.status, boundary]).toEqual([206, expect.any(String)]);
    const part = (first: number, last: number) =>
      `--${boundary}\r\nContent-Type: ${path === "/" ? "text/html; charset=utf-8" : "application/octet-stream"}\r\n` +
      `Content-Range: bytes ${first}-${last}/${size}\r\n\r\n${latin1(content.slice(first, last + 1))}\r\n`;
    expect(latin1(await response.bytes())).toBe(`\r\n${part(0, 1)}${part(size - 3, size - 1)}--${boundary}--\r\n`);
  });

  test("beyond the end are a 416 that tells the size", async () => {
    const response = await get(`bytes=${size}-`);
    expect([response.status, response.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
  });

  test.each([
    ["not understood", "items=0-1", {}],
    ["overlapping", "bytes=0-,0-,0-", {}],
    ["backwards", "bytes=5-2", {}],
    ["of another version", "bytes=0-1", { "If-Range": '"other"' }],
    ["of a dated version", "bytes=0-1", { "If-Range": "Sun, 22 Nov 2026 05:00:00 GMT" }],
  ] as const)("%s are ignored", async (_reason, range, more) => {
    const response = await get(range, more);
    expect(response.status).toBe(200);
    expect(await response.bytes()).toEqual(content);
  });

  test("of the version the client has are sent", async () => {
    const etag = (await get("bytes=0-1")).headers.get("etag")!;
    expect((await get("bytes=0-1", { "If-Range": etag })).status).toBe(206);
  });
});

test("methods that would write are refused with the list of those that read", async () => {
  for (const method of ["POST", "PUT", "DELETE", "TRACE"]) {
    const { status, headers } = await send(`${method} / HTTP/1.1`, `Host: ${HOST}`);
    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  }
});

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
