import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { HTML_HANDLINGS } from "#model";
import { ask } from "../harness/ask.ts";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { describeAnswer } from "./describe-answer.ts";

// Request path → what each of the four modes answers, in the words of describe-answer.ts.

type Row = readonly [path: string, auto: string, force: string, drop: string, none: string];

/** Every file's content is its path. */
const SITE = [
  "index.html",
  "404.html",
  "about.html",
  "docs/index.html",
  "docs/404.html",
  "both.html",
  "both/index.html",
  "tool",
  "tool.html",
  "app.js",
  "data.json",
  "deep/one/index.html",
  "deep/one/two.html",
  "notes.v2.html",
  "page.html.html",
  "a b.html",
  "index/start.html",
  "under/.html",
];

const SITE_ROWS: Row[] = [
  ["/", "index.html", "index.html", "index.html", "404 404.html"],
  ["/?q=1", "index.html", "index.html", "index.html", "404 404.html"],
  ["/index", "→ /", "→ /", "→ /", "404 404.html"],
  ["/index.html", "→ /", "→ /", "→ /", "index.html"],
  ["/index.html?q=1", "→ /?q=1", "→ /?q=1", "→ /?q=1", "index.html"],
  ["/index/", "→ /", "→ /", "→ /", "404 404.html"],
  ["/index.html/", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/index/start", "index/start.html", "→ /index/start/", "index/start.html", "404 404.html"],
  ["/index/start.html", "→ /index/start", "→ /index/start/", "→ /index/start", "index/start.html"],

  ["/about", "about.html", "→ /about/", "about.html", "404 404.html"],
  ["/about?x=1", "about.html", "→ /about/?x=1", "about.html", "404 404.html"],
  ["/about/", "→ /about", "about.html", "→ /about", "404 404.html"],
  ["/about.html", "→ /about", "→ /about/", "→ /about", "about.html"],
  ["/about.html?x=1&y=%20", "→ /about?x=1&y=%20", "→ /about/?x=1&y=%20", "→ /about?x=1&y=%20", "about.html"],
  ["/about/index", "→ /about", "→ /about/", "→ /about", "404 404.html"],
  ["/about/index.html", "→ /about", "→ /about/", "→ /about", "404 404.html"],
  ["/about.html/", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/about.htm", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/About", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/about.HTML", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/%61bout", "about.html", "→ /about/", "about.html", "404 404.html"],
  ["/%61bout.html", "→ /about", "→ /about/", "→ /about", "about.html"],
  ["/x/../about", "about.html", "→ /about/", "about.html", "404 404.html"],

  ["/docs", "→ /docs/", "→ /docs/", "docs/index.html", "404 404.html"],
  ["/docs?x=1", "→ /docs/?x=1", "→ /docs/?x=1", "docs/index.html", "404 404.html"],
  ["/docs/", "docs/index.html", "docs/index.html", "→ /docs", "404 docs/404.html"],
  ["/docs/index", "→ /docs/", "→ /docs/", "→ /docs", "404 docs/404.html"],
  ["/docs/index.html", "→ /docs/", "→ /docs/", "→ /docs", "docs/index.html"],
  ["/docs.html", "→ /docs/", "→ /docs/", "→ /docs", "404 404.html"],
  ["/docs/none", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html"],
  ["/docs/none/", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html"],
  ["/docs/d/e/none.js", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html"],
  ["/docs/404", "docs/404.html", "→ /docs/404/", "docs/404.html", "404 docs/404.html"],
  ["/docs/404.html", "→ /docs/404", "→ /docs/404/", "→ /docs/404", "docs/404.html"],

  ["/both", "both.html", "→ /both/", "both.html", "404 404.html"],
  ["/both/", "both/index.html", "both/index.html", "→ /both", "404 404.html"],
  ["/both.html", "→ /both", "both.html", "→ /both", "both.html"],
  ["/both/index", "→ /both/", "→ /both/", "→ /both", "404 404.html"],
  ["/both/index.html", "→ /both/", "→ /both/", "both/index.html", "both/index.html"],

  ["/tool", "tool", "tool", "tool", "tool"],
  ["/tool/", "404 404.html", "tool.html", "404 404.html", "404 404.html"],
  ["/tool.html", "tool.html", "→ /tool/", "tool.html", "tool.html"],
  ["/tool/index", "404 404.html", "→ /tool/", "404 404.html", "404 404.html"],
  ["/tool/index.html", "404 404.html", "→ /tool/", "404 404.html", "404 404.html"],

  ["/app.js", "app.js", "app.js", "app.js", "app.js"],
  ["/app.js?v=2", "app.js", "app.js", "app.js", "app.js"],
  ["/app.js/", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/app.js.html", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/app", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/data.json", "data.json", "data.json", "data.json", "data.json"],
  ["/data", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],

  ["/deep", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/deep/", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/deep/one", "→ /deep/one/", "→ /deep/one/", "deep/one/index.html", "404 404.html"],
  ["/deep/one/", "deep/one/index.html", "deep/one/index.html", "→ /deep/one", "404 404.html"],
  ["/deep/one/index.html", "→ /deep/one/", "→ /deep/one/", "→ /deep/one", "deep/one/index.html"],
  ["/deep/one/two", "deep/one/two.html", "→ /deep/one/two/", "deep/one/two.html", "404 404.html"],
  ["/deep/one/two/", "→ /deep/one/two", "deep/one/two.html", "→ /deep/one/two", "404 404.html"],
  ["/deep/one/two.html", "→ /deep/one/two", "→ /deep/one/two/", "→ /deep/one/two", "deep/one/two.html"],
  ["/deep/one/two/index", "→ /deep/one/two", "→ /deep/one/two/", "→ /deep/one/two", "404 404.html"],

  ["/notes.v2", "notes.v2.html", "→ /notes.v2/", "notes.v2.html", "404 404.html"],
  ["/notes.v2.html", "→ /notes.v2", "→ /notes.v2/", "→ /notes.v2", "notes.v2.html"],
  ["/page.html.html", "→ /page.html", "→ /page.html/", "→ /page.html", "page.html.html"],
  ["/page.html", "page.html.html", "→ /page.html/", "page.html.html", "404 404.html"],
  ["/page", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/under/.html", "under/.html", "under/.html", "under/.html", "under/.html"],

  ["/404", "404.html", "→ /404/", "404.html", "404 404.html"],
  ["/404.html", "→ /404", "→ /404/", "→ /404", "404.html"],
  ["/none", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/none.png", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],

  ["/a%20b", "a b.html", "→ /a%20b/", "a b.html", "404 404.html"],
  ["/a%20b/", "→ /a%20b", "a b.html", "→ /a%20b", "404 404.html"],
  ["/a%20b.html", "→ /a%20b", "→ /a%20b/", "→ /a%20b", "a b.html"],
  ["/a%20b.html?c=%2F", "→ /a%20b?c=%2F", "→ /a%20b/?c=%2F", "→ /a%20b?c=%2F", "a b.html"],

  ["//about", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/about//", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
  ["/docs%2Findex.html", "404 404.html", "404 404.html", "404 404.html", "404 404.html"],
];

/** Without a 404.html at its top a site is taken for an application with pages of its own making. */
const APP = [
  "index.html",
  "about.html",
  "docs/index.html",
  "docs/404.html",
  "assets/app.js",
  ".well-known/security.txt",
];

const APP_ROWS: Row[] = [
  ["/users/7", "index.html", "index.html", "index.html", "index.html"],
  ["/users/", "index.html", "index.html", "index.html", "index.html"],
  ["/users/7?tab=2", "index.html", "index.html", "index.html", "index.html"],
  ["/assets/", "index.html", "index.html", "index.html", "index.html"],
  ["/about", "about.html", "→ /about/", "about.html", "index.html"],
  ["/assets/app.js", "assets/app.js", "assets/app.js", "assets/app.js", "assets/app.js"],
  ["/assets/old.js", "404 text", "404 text", "404 text", "404 text"],
  ["/assets/old.css?v=1", "404 text", "404 text", "404 text", "404 text"],
  ["/favicon.ico", "404 text", "404 text", "404 text", "404 text"],
  ["/none.wasm", "404 text", "404 text", "404 text", "404 text"],
  ["/users/john.doe", "404 text", "404 text", "404 text", "404 text"],
  ["/old.html", "404", "404", "404", "404"],
  ["/docs/none", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html"],
  ["/docs/none.png", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html", "404 docs/404.html"],
  [
    "/.well-known/security.txt",
    ".well-known/security.txt",
    ".well-known/security.txt",
    ".well-known/security.txt",
    ".well-known/security.txt",
  ],
  ["/.well-known/assetlinks.json", "404 text", "404 text", "404 text", "404 text"],
  ["/.well-known/change-password", "404 text", "404 text", "404 text", "404 text"],
];

let server: EdgeServer;
const contentsOf = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, path]));

beforeAll(async () => {
  server = startEdge();
  for (const html_handling of HTML_HANDLINGS) {
    await server.release(`site-${html_handling}`, "prod", contentsOf(SITE), { html_handling });
    await server.release(`app-${html_handling}`, "prod", contentsOf(APP), { html_handling });
  }
});
afterAll(() => {
  expect(server.logged).toEqual([]);
  server[Symbol.dispose]();
});

describe.each([
  ["a site", "site", SITE_ROWS],
  ["an application", "app", APP_ROWS],
] as const)("%s", (_, label, rows) => {
  for (const [index, mode] of HTML_HANDLINGS.entries()) {
    test.each(rows.map((row) => [row[0], row[index + 1]!] as const))(`${mode}: %s is %s`, async (path, expected) => {
      const answer = await ask(server, `${label}-${mode}.sitepod.test`, path);
      expect(describeAnswer(answer)).toBe(expected);
      if (answer.status !== 200) expect(answer.headers.get("cache-control")).toBe("no-store");
    });
  }
});
