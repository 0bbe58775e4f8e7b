import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ask } from "../harness/ask.ts";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";

// Accept-Encoding → the coding that is answered: of a file that has all three, of one for which brotli is not worth it, of one
// that is not compressed yet. `-` is the file as it is, 406 nothing.

const HOST = "site.sitepod.test";
const PAGE = `page ${"p".repeat(2000)}`;
const DATA = `data ${"d".repeat(2000)}`;
const FRESH = `fresh ${"f".repeat(2000)}`;
const bytes = (text: string) => new TextEncoder().encode(text);

let server: EdgeServer;
beforeAll(async () => {
  server = startEdge();
  await server.release("site", "prod", {
    "index.html": PAGE,
    "data.json": DATA,
    "fresh.css": FRESH,
    "404.html": `missing ${"m".repeat(2000)}`,
    "small.txt": "small",
    "photo.png": "n".repeat(2000),
  });
  await server.encode(PAGE, { br: bytes("page in br"), zstd: bytes("page in zstd"), gzip: bytes("page in gzip") });
  await server.encode(DATA, { br: bytes(""), zstd: bytes("data in zstd"), gzip: bytes("data in gzip") });
});
afterAll(() => {
  expect(server.logged).toEqual([]);
  server[Symbol.dispose]();
});

const rows: readonly (readonly [accept: string, page: string, data: string, fresh: string])[] = [
  ["br", "br", "-", "-"],
  ["zstd", "zstd", "zstd", "-"],
  ["gzip", "gzip", "gzip", "-"],
  ["x-gzip", "gzip", "gzip", "-"],
  ["BR", "br", "-", "-"],
  ["Gzip", "gzip", "gzip", "-"],
  ["deflate", "-", "-", "-"],
  ["compress, deflate", "-", "-", "-"],
  ["", "-", "-", "-"],
  ["identity", "-", "-", "-"],
  ["gzip, deflate", "gzip", "gzip", "-"],
  ["gzip, deflate, br", "br", "gzip", "-"],
  ["gzip, deflate, br, zstd", "br", "zstd", "-"],
  ["gzip,deflate,br,zstd", "br", "zstd", "-"],
  ["zstd, br", "br", "zstd", "-"],
  ["*", "br", "zstd", "-"],
  ["*;q=0.1", "br", "zstd", "-"],
  ["gzip, *;q=0.1", "gzip", "gzip", "-"],
  ["gzip;q=1.0, br;q=0.9", "gzip", "gzip", "-"],
  ["gzip;q=0.9, br;q=1.0", "br", "gzip", "-"],
  ["gzip;q=0.5, zstd;q=0.5, br;q=0.4", "zstd", "zstd", "-"],
  ["br;q=0.001", "br", "-", "-"],
  ["br;q=0", "-", "-", "-"],
  ["br;q=0, gzip", "gzip", "gzip", "-"],
  ["br;q=0.0, zstd;q=0.00, gzip;q=0.000", "-", "-", "-"],
  ["br;q=0, *", "zstd", "zstd", "-"],
  ["identity, gzip;q=0.5", "-", "-", "-"],
  ["identity;q=0.5, gzip;q=1", "gzip", "gzip", "-"],
  ["identity;q=0.5, gzip;q=0.4", "-", "-", "-"],
  ["identity;q=0.5, *;q=0.4", "-", "-", "-"],
  ["identity;q=0", "406", "406", "406"],
  ["identity;q=0, br", "br", "406", "406"],
  ["identity;q=0, gzip", "gzip", "gzip", "406"],
  ["identity;q=0, *", "br", "zstd", "406"],
  ["*;q=0", "406", "406", "406"],
  ["br, *;q=0", "br", "406", "406"],
  ["*;q=0, identity", "-", "-", "-"],
  ["*;q=0, identity;q=0.1, zstd;q=0.2", "zstd", "zstd", "-"],
  ["gzip ; q=0.8 , br ; q=0.9", "br", "gzip", "-"],
  ["gzip\t;\tq=1", "gzip", "gzip", "-"],
  [", , gzip", "gzip", "gzip", "-"],
  ["br;q=1.5", "-", "-", "-"],
  ["br;q=-1", "-", "-", "-"],
  ["br;q=0.1234, gzip", "gzip", "gzip", "-"],
  ["br;level=11, gzip", "gzip", "gzip", "-"],
  ["b r, gzip", "gzip", "gzip", "-"],
];

describe.each([
  ["a page in all codings", "/", 1, PAGE, "page"],
  ["data for which brotli is not worth it", "/data.json", 2, DATA, "data"],
  ["a style sheet that is not compressed yet", "/fresh.css", 3, FRESH, "fresh"],
] as const)("%s", (_, path, column, content, name) => {
  test.each(rows.map((row) => [row[0], row[column]] as const))(
    "Accept-Encoding: %p gives %s",
    async (accept, expected) => {
      const { status, headers, body } = await ask(server, HOST, path, { "Accept-Encoding": accept });
      expect(headers.get("vary")).toBe("Accept-Encoding");
      if (expected === "406") return expect(status).toBe(406);
      const encoding = headers.get("content-encoding");
      expect([status, encoding ?? "-"]).toEqual([200, expected]);
      expect(body).toBe(encoding === null ? content : `${name} in ${encoding}`);
      expect(headers.get("content-length")).toBe(`${body.length}`);
      expect(headers.has("accept-ranges")).toBe(false);
      expect(headers.get("etag")).toMatch(
        encoding === null ? /^"[0-9a-f]{32}"$/ : new RegExp(`^"[0-9a-f]{32}-${encoding}"$`),
      );
    },
  );
});

test("without the header, the file is sent as it is", async () => {
  const { headers, body } = await ask(server, HOST, "/");
  expect([headers.get("content-encoding"), body]).toEqual([null, PAGE]);
});

test.each(["/small.txt", "/photo.png"])("%s has but one form, whatever is asked for", async (path) => {
  for (const accept of ["br, gzip", "identity;q=0", "*;q=0"]) {
    const { status, headers } = await ask(server, HOST, path, { "Accept-Encoding": accept });
    expect([status, headers.get("vary"), headers.get("content-encoding")]).toEqual([200, null, null]);
  }
});

test.each(["br", "zstd", "gzip", "identity"])("HEAD tells the length of %s, and sends nothing", async (accept) => {
  const whole = await ask(server, HOST, "/", { "Accept-Encoding": accept });
  const head = await ask(server, HOST, "/", { "Accept-Encoding": accept }, "HEAD");
  for (const name of ["content-length", "content-encoding", "etag", "content-type", "vary"]) {
    expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
  }
  expect(head.body).toBe("");
});

test.each(["br", "zstd", "gzip", "identity"])(
  "a cache that holds %s is told that it is still right",
  async (accept) => {
    const { headers } = await ask(server, HOST, "/", { "Accept-Encoding": accept });
    const again = { "Accept-Encoding": accept, "If-None-Match": headers.get("etag")! };
    const answer = await ask(server, HOST, "/", again);
    expect([answer.status, answer.headers.get("etag"), answer.headers.get("vary")]).toEqual([
      304,
      headers.get("etag"),
      "Accept-Encoding",
    ]);
  },
);

test("the tag of one coding is not that of another", async () => {
  const { headers } = await ask(server, HOST, "/", { "Accept-Encoding": "br" });
  const asked = { "Accept-Encoding": "gzip", "If-None-Match": headers.get("etag")! };
  expect((await ask(server, HOST, "/", asked)).status).toBe(200);
});

test("a range is one of the file itself", async () => {
  const answer = await ask(server, HOST, "/", { "Accept-Encoding": "br", Range: "bytes=0-3" });
  expect([answer.status, answer.headers.get("content-encoding"), answer.body]).toEqual([206, null, "page"]);
});

test("who began with a coding and goes on with a range is sent the whole file", async () => {
  const { headers } = await ask(server, HOST, "/", { "Accept-Encoding": "br" });
  const more = { "Accept-Encoding": "br", Range: "bytes=4-", "If-Range": headers.get("etag")! };
  const answer = await ask(server, HOST, "/", more);
  expect([answer.status, answer.headers.get("content-encoding"), answer.body]).toEqual([200, null, PAGE]);
});

test("who refuses the file itself is sent no range of it", async () => {
  const answer = await ask(server, HOST, "/", { "Accept-Encoding": "br, identity;q=0", Range: "bytes=0-3" });
  expect([answer.status, answer.body]).toEqual([200, "page in br"]);
});

test("a page that is not there says so in the file's own form while no other is made", async () => {
  const answer = await ask(server, HOST, "/none", { "Accept-Encoding": "br" });
  expect([answer.status, answer.headers.get("vary"), answer.headers.get("etag")]).toEqual([
    404,
    "Accept-Encoding",
    null,
  ]);
});
