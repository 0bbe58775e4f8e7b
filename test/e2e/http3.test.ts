import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { readPublicKey } from "../harness/public-key.ts";
import { startTlsServer, type TlsServer } from "../harness/tls-server.ts";

const DOMAIN = "sites.test";
const SITE = `one.${DOMAIN}`;
const FILM = "film ".repeat(1_000_000);
const FILES = {
  "index.html": `<!doctype html><title>One</title><script src="/run.js"></script>${"text ".repeat(100_000)}`,
  "run.js": "document.title = 'run';",
  "film.mp4": FILM,
  "404.html": "nothing here",
  _redirects: "/old /new 301\n",
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly protocol: string;
}

/** Asks from within a page. The protocol is the browser's name for what the answer came by. */
const ask = (page: Page, path: string, init: { method?: string; headers?: Record<string, string> } = {}) =>
  page.evaluate(
    async ([path, init]): Promise<Answer> => {
      performance.clearResourceTimings();
      const response = await fetch(path, { cache: "no-store", ...init });
      const body = await response.text();
      const [entry] = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      return { status: response.status, body, protocol: entry?.nextHopProtocol ?? "" };
    },
    [path, init] as const,
  );

describe.skipIf(chromiumPath === undefined)("a browser that speaks HTTP/3 alone (needs Chromium)", () => {
  let server: TlsServer;
  let browser: Browser;
  let page: Page;
  let client: ReturnType<typeof deployClient>;

  beforeAll(async () => {
    server = await startTlsServer([DOMAIN, SITE], { domain: DOMAIN, flags: ["--http3"] });
    client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
    await client.deploy("one", FILES, "prod");
    const key = await readPublicKey(server.port, SITE);
    browser = await startBrowser(DOMAIN, [key], `${SITE}:${server.port}`);
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  test("loads a page and its script", async () => {
    const answer = await page.goto(`https://${SITE}:${server.port}/`);
    expect(answer!.status()).toBe(200);
    expect(await answer!.text()).toBe(FILES["index.html"]);
    expect(await page.title()).toBe("run");
    const protocols = () =>
      (performance.getEntries() as PerformanceResourceTiming[]).flatMap((entry) => entry.nextHopProtocol ?? []);
    expect(new Set(await page.evaluate(protocols))).toEqual(new Set(["h3"]));
  });

  test("gets a large file whole, and parts of it, many at a time", async () => {
    const whole = await ask(page, "/film.mp4");
    expect(whole).toEqual({ status: 200, body: FILM, protocol: "h3" });
    const part = (number: number) =>
      ask(page, "/film.mp4", { headers: { range: `bytes=${number * 5}-${number * 5 + 3}` } });
    for (const { status, body } of await Promise.all(Array.from({ length: 50 }, (_, i) => part(i)))) {
      expect(status).toBe(206);
      expect(body).toBe("film");
    }
  });

  test("is told what is not there, what has moved and what has not changed, and gets heads alone", async () => {
    expect(await ask(page, "/nowhere.png")).toMatchObject({ status: 404, protocol: "h3" });
    expect(await ask(page, "/old")).toMatchObject({ status: 404, body: "nothing here", protocol: "h3" });
    expect(await ask(page, "/run.js", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
    const unchanged = await page.evaluate(async () => {
      const { headers } = await fetch("/run.js", { cache: "no-store" });
      const again = { "if-none-match": headers.get("etag")! };
      return (await fetch("/run.js", { cache: "no-store", headers: again })).status;
    });
    expect(unchanged).toBe(304);
  });

  test("sees a release at once", async () => {
    await client.deploy("one", { ...FILES, "run.js": "new" }, "prod");
    expect((await ask(page, "/run.js")).body).toBe("new");
  });
});
