import { afterAll, beforeAll, expect, test } from "bun:test";
import { ask } from "../harness/ask.ts";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";

// Conditions and ranges (RFC 9110, sections 13 and 14) of a file of ten bytes. ETAG stands for its entity tag, DATE for the
// second after its release has settled.

const HOST = "site.sitepod.test";
const OTHER = '"0123456789abcdef0123456789abcdef"';
const LONG_AGO = "Mon, 01 Jan 1990 00:00:00 GMT";
const FAR_AHEAD = "Sun, 01 Jan 2090 00:00:00 GMT";
const RELEASED_MS = Date.UTC(2020, 0, 1);
const DATE = "Wed, 01 Jan 2020 00:00:11 GMT";
const SECOND_BEFORE = "Wed, 01 Jan 2020 00:00:10 GMT";

let server: EdgeServer;
let etag: string;
beforeAll(async () => {
  server = startEdge();
  const files = { "ten.bin": "0123456789", "empty.bin": "", "404.html": "not here" };
  await server.release("site", "prod", files, {}, RELEASED_MS);
  await server.release("fresh", "prod", files);
  etag = (await ask(server, HOST, "/ten.bin")).headers.get("etag")!;
});
afterAll(() => {
  expect(server.logged).toEqual([]);
  server[Symbol.dispose]();
});

type Conditions = Readonly<Record<string, string>>;
const filled = (conditions: Conditions) =>
  Object.fromEntries(
    Object.entries(conditions).map(([name, value]) => [name, value.replaceAll("ETAG", etag).replaceAll("DATE", DATE)]),
  );

const conditionRows: readonly (readonly [conditions: Conditions, get: number, head: number])[] = [
  [{}, 200, 200],
  [{ "If-None-Match": "ETAG" }, 304, 304],
  [{ "If-None-Match": "W/ETAG" }, 304, 304],
  [{ "If-None-Match": "*" }, 304, 304],
  [{ "If-None-Match": OTHER }, 200, 200],
  [{ "If-None-Match": `${OTHER}, ETAG` }, 304, 304],
  [{ "If-None-Match": `ETAG,${OTHER}` }, 304, 304],
  [{ "If-None-Match": `${OTHER} , W/ETAG ,` }, 304, 304],
  [{ "If-None-Match": `"a,b", ETAG` }, 304, 304],
  [{ "If-None-Match": `"", ETAG` }, 304, 304],
  [{ "If-None-Match": "w/ETAG" }, 200, 200],
  [{ "If-None-Match": "etag" }, 200, 200],
  [{ "If-None-Match": "ETAG junk" }, 200, 200],
  [{ "If-None-Match": '"' }, 200, 200],
  [{ "If-None-Match": "" }, 200, 200],
  [{ "If-Match": "ETAG" }, 200, 200],
  [{ "If-Match": "*" }, 200, 200],
  [{ "If-Match": `${OTHER}, ETAG` }, 200, 200],
  [{ "If-Match": "W/ETAG" }, 412, 412],
  [{ "If-Match": OTHER }, 412, 412],
  [{ "If-Match": `${OTHER}, W/ETAG` }, 412, 412],
  [{ "If-Match": "junk" }, 412, 412],
  [{ "If-Match": "" }, 412, 412],
  [{ "If-Match": "ETAG", "If-None-Match": "ETAG" }, 304, 304],
  [{ "If-Match": "ETAG", "If-None-Match": OTHER }, 200, 200],
  [{ "If-Match": OTHER, "If-None-Match": "ETAG" }, 412, 412],
  [{ "If-Match": OTHER, "If-None-Match": "*" }, 412, 412],
  [{ "If-Modified-Since": "DATE" }, 304, 304],
  [{ "If-Modified-Since": SECOND_BEFORE }, 200, 200],
  [{ "If-Modified-Since": LONG_AGO }, 200, 200],
  [{ "If-Modified-Since": FAR_AHEAD }, 304, 304],
  [{ "If-Modified-Since": "Wednesday, 01-Jan-20 00:00:11 GMT" }, 304, 304],
  [{ "If-Modified-Since": "Wed Jan  1 00:00:11 2020" }, 304, 304],
  [{ "If-Modified-Since": "yesterday" }, 200, 200],
  [{ "If-Modified-Since": "" }, 200, 200],
  [{ "If-Unmodified-Since": "DATE" }, 200, 200],
  [{ "If-Unmodified-Since": SECOND_BEFORE }, 412, 412],
  [{ "If-Unmodified-Since": LONG_AGO }, 412, 412],
  [{ "If-Unmodified-Since": FAR_AHEAD }, 200, 200],
  [{ "If-Unmodified-Since": "yesterday" }, 200, 200],
  [{ "If-Unmodified-Since": SECOND_BEFORE, "If-None-Match": "ETAG" }, 412, 412],
  // A tag comes before a date, which is then not looked at (sections 13.1.3 and 13.1.4).
  [{ "If-None-Match": OTHER, "If-Modified-Since": FAR_AHEAD }, 200, 200],
  [{ "If-None-Match": "ETAG", "If-Modified-Since": LONG_AGO }, 304, 304],
  [{ "If-Match": "ETAG", "If-Unmodified-Since": LONG_AGO }, 200, 200],
  [{ "If-Match": OTHER, "If-Unmodified-Since": FAR_AHEAD }, 412, 412],
  [{ Range: "bytes=0-4", "If-Modified-Since": "DATE" }, 304, 304],
  [{ Range: "bytes=0-4", "If-Unmodified-Since": SECOND_BEFORE }, 412, 412],
  [{ Range: "bytes=0-4", "If-Range": "DATE" }, 206, 200],
  [{ Range: "bytes=0-4", "If-Range": SECOND_BEFORE }, 200, 200],
  [{ Range: "bytes=0-4" }, 206, 200],
  [{ Range: "bytes=0-4", "If-None-Match": "ETAG" }, 304, 304],
  [{ Range: "bytes=0-4", "If-Match": OTHER }, 412, 412],
  [{ Range: "bytes=0-4", "If-Match": "ETAG" }, 206, 200],
  [{ Range: "bytes=0-4", "If-Range": "ETAG" }, 206, 200],
  [{ Range: "bytes=0-4", "If-Range": "W/ETAG" }, 200, 200],
  [{ Range: "bytes=0-4", "If-Range": OTHER }, 200, 200],
  [{ Range: "bytes=0-4", "If-Range": LONG_AGO }, 200, 200],
  [{ Range: "bytes=0-4", "If-Range": FAR_AHEAD }, 200, 200],
  [{ Range: "bytes=0-4", "If-Range": "" }, 200, 200],
  [{ Range: "bytes=0-4", "If-Range": `${OTHER}, ETAG` }, 200, 200],
  [{ Range: "bytes=10-", "If-Range": "ETAG" }, 416, 200],
  [{ Range: "bytes=10-", "If-Range": OTHER }, 200, 200],
  [{ "If-Range": "ETAG" }, 200, 200],
  [{ Range: "bytes=10-" }, 416, 200],
];

test.each(conditionRows)("%j: GET %i, HEAD %i", async (conditions, get, head) => {
  for (const [method, status] of [
    ["GET", get],
    ["HEAD", head],
  ] as const) {
    const answer = await ask(server, HOST, "/ten.bin", filled(conditions), method);
    expect([method, answer.status]).toEqual([method, status]);
    expect(answer.headers.get("last-modified")).toBe(status === 200 || status === 206 ? DATE : null);
    if (status === 304) expect([answer.headers.get("etag"), answer.body]).toEqual([etag, ""]);
    if (status === 200) expect(answer.headers.get("content-length")).toBe("10");
  }
});

test("what was released a moment ago tells no date yet, and has one all the same", async () => {
  const fresh = await ask(server, "fresh.sitepod.test", "/ten.bin");
  expect([fresh.status, fresh.headers.get("last-modified")]).toEqual([200, null]);
  const asked = { "If-Modified-Since": fresh.headers.get("date")! };
  expect((await ask(server, "fresh.sitepod.test", "/ten.bin", asked)).status).toBe(200);
});

const rangeRows: readonly (readonly [range: string, status: number, contentRange: string | null, body: string])[] = [
  ["bytes=0-0", 206, "bytes 0-0/10", "0"],
  ["bytes=0-4", 206, "bytes 0-4/10", "01234"],
  ["bytes=5-9", 206, "bytes 5-9/10", "56789"],
  ["bytes=9-9", 206, "bytes 9-9/10", "9"],
  ["bytes=0-9", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=0-", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=7-", 206, "bytes 7-9/10", "789"],
  ["bytes=5-100", 206, "bytes 5-9/10", "56789"],
  ["bytes=0-99999999999999999999", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=-1", 206, "bytes 9-9/10", "9"],
  ["bytes=-3", 206, "bytes 7-9/10", "789"],
  ["bytes=-10", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=-100", 206, "bytes 0-9/10", "0123456789"],
  ["bytes=007-008", 206, "bytes 7-8/10", "78"],
  ["Bytes=0-4", 206, "bytes 0-4/10", "01234"],
  ["bytes= 0-4", 206, "bytes 0-4/10", "01234"],
  ["bytes=0-4 ", 206, "bytes 0-4/10", "01234"],
  ["bytes=10-", 416, "bytes */10", ""],
  ["bytes=10-20", 416, "bytes */10", ""],
  ["bytes=99999999999999999999-", 416, "bytes */10", ""],
  ["bytes=-0", 416, "bytes */10", ""],
  ["bytes=10-, 20-30", 416, "bytes */10", ""],
  ["bytes=20-30, 0-1", 206, "bytes 0-1/10", "01"],
  ["bytes=5-4", 200, null, "0123456789"],
  ["bytes=0-4, 5-4", 200, null, "0123456789"],
  ["bytes=", 200, null, "0123456789"],
  ["bytes=-", 200, null, "0123456789"],
  ["bytes=a-b", 200, null, "0123456789"],
  ["bytes=0-4, x", 200, null, "0123456789"],
  ["bytes=0-4,", 200, null, "0123456789"],
  ["bytes=1.5-3", 200, null, "0123456789"],
  ["bytes=0x1-3", 200, null, "0123456789"],
  ["bytes=+1-3", 200, null, "0123456789"],
  ["bytes=1 - 3", 200, null, "0123456789"],
  ["bytes 0-4", 200, null, "0123456789"],
  ["bytes:0-4", 200, null, "0123456789"],
  ["0-4", 200, null, "0123456789"],
  ["items=0-4", 200, null, "0123456789"],
  ["bytes=0-9, 0-9", 200, null, "0123456789"],
  ["bytes=0-6, 3-9", 200, null, "0123456789"],
  ["bytes=0-,0-,0-,0-", 200, null, "0123456789"],
];

test.each(rangeRows)("Range: %s is %i %s", async (range, status, contentRange, body) => {
  const answer = await ask(server, HOST, "/ten.bin", { Range: range });
  expect([answer.status, answer.headers.get("content-range"), answer.body]).toEqual([status, contentRange, body]);
});

const PART = "Content-Type: application/octet-stream\r\nContent-Range: bytes";

test.each([
  ["bytes=0-1,4-5", ["0-1/10\r\n\r\n01", "4-5/10\r\n\r\n45"]],
  ["bytes=8-9, 0-0", ["8-9/10\r\n\r\n89", "0-0/10\r\n\r\n0"]],
  ["bytes=-1,0-0", ["9-9/10\r\n\r\n9", "0-0/10\r\n\r\n0"]],
  ["bytes=0-0,2-2,4-4,6-6", ["0-0/10\r\n\r\n0", "2-2/10\r\n\r\n2", "4-4/10\r\n\r\n4", "6-6/10\r\n\r\n6"]],
  ["bytes=0-1, 20-, 3-3", ["0-1/10\r\n\r\n01", "3-3/10\r\n\r\n3"]],
])("Range: %s is sent in parts", async (range, parts) => {
  const { status, headers, body } = await ask(server, HOST, "/ten.bin", { Range: range });
  expect(status).toBe(206);
  expect(headers.get("content-range")).toBeNull();
  const boundary = /^multipart\/byteranges; boundary=(\S+)$/.exec(headers.get("content-type")!)![1];
  const expected = parts.map((part) => `\r\n--${boundary}\r\n${PART} ${part}`).join("");
  expect(body).toBe(`${expected}\r\n--${boundary}--\r\n`);
});

test.each(["bytes=0-0", "bytes=-1", "bytes=0-"])("an empty file has no part to send: %s", async (range) => {
  const { status, body } = await ask(server, HOST, "/empty.bin", { Range: range });
  expect([status, body]).toEqual([200, ""]);
});

test.each([
  { "If-Match": OTHER },
  { "If-None-Match": "*" },
  { Range: "bytes=0-1" },
  { "If-Match": OTHER, Range: "bytes=0-1" },
])("what is not there has no conditions: %j", async (conditions) => {
  const { status, body } = await ask(server, HOST, "/none", conditions);
  expect([status, body]).toEqual([404, "not here"]);
});

test.each([
  ["GET", 200],
  ["HEAD", 200],
  ["OPTIONS", 204],
  ["POST", 405],
  ["PUT", 405],
  ["PATCH", 405],
  ["DELETE", 405],
  ["TRACE", 405],
  ["PROPFIND", 405],
])("%s is answered by %i", async (method, status) => {
  for (const path of ["/ten.bin", "/none"]) {
    const answer = await ask(server, HOST, path, {}, method);
    expect(answer.status).toBe(status === 200 && path === "/none" ? 404 : status);
    expect(answer.headers.get("allow")).toBe(status === 200 ? null : "GET, HEAD, OPTIONS");
    if (method === "HEAD" || method === "OPTIONS") expect(answer.body).toBe("");
  }
});
