import { afterAll, beforeAll, expect, test } from "bun:test";
import { ask } from "../harness/ask.ts";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { describeAnswer } from "./describe-answer.ts";

// Request target, as it goes over the wire → which file answers, in the words of describe-answer.ts. Every spelling of a name
// finds it; the server's own redirects are spelled in one way.

const HOST = "site.sitepod.test";
const COMPOSED = "caf\u00e9.txt";
const DECOMPOSED = "cafe\u0301.txt";
const LONG = `${"l".repeat(296)}.txt`;

/** Every file's content is its path. */
const FILES = [
  "index.html",
  "404.html",
  "ä b#c?d.html",
  ".well-known/x",
  COMPOSED,
  DECOMPOSED,
  "CON",
  "aux.txt",
  LONG,
  "no-extension",
  "module.wasm",
  "site.webmanifest",
  "module.mjs",
  "photo.avif",
  "100%.txt",
  "a b.txt",
  "a%20b.txt",
  "a+b.txt",
  "x%2Fy.txt",
  "[id].html",
  "@scope/pkg!(1)'*.js",
  "a;b,c:d=e&f$g.txt",
  '"quoted"<tag>`{|}^.txt',
  "~tilde_-.txt",
  "日本語/ページ.html",
  "🦊.txt",
  "\u0080\u00a0.txt",
  "..dots../...",
  "trailing.",
];

const rows: readonly (readonly [target: string, expected: string])[] = [
  ["/%C3%A4%20b%23c%3Fd", "ä b#c?d.html"],
  ["/%c3%a4%20b%23c%3fd", "ä b#c?d.html"],
  ["/%C3%A4%20%62%23%63%3F%64", "ä b#c?d.html"],
  ["/%C3%A4%20b%23c%3Fd.html", "→ /%C3%A4%20b%23c%3Fd"],
  ["/%c3%a4%20b%23c%3fd.html?q=%23", "→ /%C3%A4%20b%23c%3Fd?q=%23"],
  ["/%C3%A4%20b%23c?d.html", "404 404.html"],
  ["/%C3%A4%20b", "404 404.html"],
  ["/.well-known/x", ".well-known/x"],
  ["/%2Ewell-known/x", ".well-known/x"],
  ["/.well%2Dknown/%78", ".well-known/x"],
  ["/caf%C3%A9.txt", COMPOSED],
  ["/caf%c3%a9.txt", COMPOSED],
  ["/cafe%CC%81.txt", DECOMPOSED],
  ["/cafe%cc%81.txt", DECOMPOSED],
  ["/cafe.txt", "404 404.html"],
  ["/caf%E9.txt", "400"],
  ["/CON", "CON"],
  ["/con", "404 404.html"],
  ["/aux.txt", "aux.txt"],
  ["/AUX.TXT", "404 404.html"],
  [`/${LONG}`, LONG],
  [`/${"%6c".repeat(296)}.txt`, LONG],
  [`/${"l".repeat(295)}.txt`, "404 404.html"],
  [`/${"l".repeat(3000)}`, "404 404.html"],
  ["/no-extension", "no-extension"],
  ["/no-extension/", "404 404.html"],
  ["/module.wasm", "module.wasm"],
  ["/site.webmanifest", "site.webmanifest"],
  ["/module.mjs", "module.mjs"],
  ["/photo.avif", "photo.avif"],
  ["/100%25.txt", "100%.txt"],
  ["/100%.txt", "400"],
  ["/a%20b.txt", "a b.txt"],
  ["/a%2520b.txt", "a%20b.txt"],
  ["/a+b.txt", "a+b.txt"],
  ["/a%2Bb.txt", "a+b.txt"],
  ["/x%252Fy.txt", "x%2Fy.txt"],
  ["/x%2Fy.txt", "404 404.html"],
  ["/[id]", "[id].html"],
  ["/%5Bid%5D", "[id].html"],
  ["/%5bid]", "[id].html"],
  ["/[id].html", "→ /%5Bid%5D"],
  ["/[id]/", "→ /%5Bid%5D"],
  ["/@scope/pkg!(1)'*.js", "@scope/pkg!(1)'*.js"],
  ["/%40scope/pkg%21%281%29%27%2A.js", "@scope/pkg!(1)'*.js"],
  ["/a;b,c:d=e&f$g.txt", "a;b,c:d=e&f$g.txt"],
  ["/a%3Bb%2Cc%3Ad%3De%26f%24g.txt", "a;b,c:d=e&f$g.txt"],
  ["/%22quoted%22%3Ctag%3E%60%7B%7C%7D%5E.txt", '"quoted"<tag>`{|}^.txt'],
  ["/~tilde_-.txt", "~tilde_-.txt"],
  ["/%7Etilde%5F%2D.txt", "~tilde_-.txt"],
  ["/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E3%83%9A%E3%83%BC%E3%82%B8", "日本語/ページ.html"],
  [
    "/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E3%83%9A%E3%83%BC%E3%82%B8.html",
    "→ /%E6%97%A5%E6%9C%AC%E8%AA%9E/%E3%83%9A%E3%83%BC%E3%82%B8",
  ],
  ["/%F0%9F%A6%8A.txt", "🦊.txt"],
  ["/%ED%A0%BE%ED%B6%8A.txt", "400"],
  ["/%C2%80%C2%A0.txt", "\u0080\u00a0.txt"],
  ["/..dots../...", "..dots../..."],
  ["/trailing.", "trailing."],
  ["/trailing", "404 404.html"],
  ["/%", "400"],
  ["/%2", "400"],
  ["/%zz", "400"],
  ["/%00", "400"],
  ["/index.html%00", "400"],
  ["/%0A", "400"],
  ["/%7F", "400"],
  ["/%C0%AE%C0%AE/x", "400"],
  ["/%FF", "400"],
  ["/a%5Cb", "404 404.html"],
  ["/..%2F..%2Fetc/passwd", "404 404.html"],
  ["/%2e%2e/%2e%2e/aux.txt", "aux.txt"],
  ["/a/../aux.txt", "aux.txt"],
  ["/./aux.txt", "aux.txt"],
  ["//aux.txt", "404 404.html"],
  ["/%2Faux.txt", "404 404.html"],
  ["/aux.txt?a=%zz&%00", "aux.txt"],
  ["/?", "index.html"],
  ["/?/../x", "index.html"],
  ["/%3F", "404 404.html"],
  ["/%23", "404 404.html"],
];

let server: EdgeServer;
beforeAll(async () => {
  server = startEdge();
  await server.release("site", "prod", Object.fromEntries(FILES.map((path) => [path, path])));
});
afterAll(() => {
  expect(server.logged).toEqual([]);
  server[Symbol.dispose]();
});

test.each(rows)("%s is %s", async (target, expected) => {
  expect(describeAnswer(await ask(server, HOST, target))).toBe(expected);
});

test.each([
  ["/module.wasm", "application/wasm"],
  ["/site.webmanifest", "application/manifest+json; charset=utf-8"],
  ["/module.mjs", "text/javascript; charset=utf-8"],
  ["/photo.avif", "image/avif"],
  ["/no-extension", "application/octet-stream"],
  ["/CON", "application/octet-stream"],
  ["/.well-known/x", "application/octet-stream"],
  ["/aux.txt", "text/plain; charset=utf-8"],
  ["/[id]", "text/html; charset=utf-8"],
])("%s is %s", async (path, type) => {
  expect((await ask(server, HOST, path)).headers.get("content-type")).toBe(type);
});
