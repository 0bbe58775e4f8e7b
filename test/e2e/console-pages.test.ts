import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Api } from "#wire";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import type { DeployClient } from "../harness/deploy-client.ts";
import { findViolations } from "../harness/inspect-page.ts";
import { watchForComplaints } from "../harness/page-complaints.ts";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type Place, PRESSED, signedIn, signedOut } from "./console-pages/pages.ts";
import { type Invitations, OWNER, seed } from "./console-pages/seed.ts";

const MAX_SCRIPT_BYTES = 150 * 1000;
const MAX_READY_MS = 1000;
const TRIES = 3;

interface View {
  readonly scheme: "light" | "dark";
  readonly width: number;
  /** Whether axe-core looks at it, and at what shows when something is pressed: at each scheme and each width once. */
  readonly isWhole: boolean;
}
const VIEWS: readonly View[] = [
  { scheme: "light", width: 1440, isWhole: true },
  { scheme: "light", width: 390, isWhole: false },
  { scheme: "dark", width: 1440, isWhole: false },
  { scheme: "dark", width: 390, isWhole: true },
];
/** Where each run leaves what the pages look like. */
const shots = process.env.SITEPOD_SCREENSHOTS ?? join(root, "dist/screenshots");

describe.skipIf(chromiumPath === undefined)("each page of the console (needs Chromium)", () => {
  let server: Server;
  let browser: Browser;
  let ada: DeployClient;
  let invitations: Invitations;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startServer({ flags: ["--traffic-every", "1"] });
    browser = await startBrowser(server.domain);
    await mkdir(shots, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  async function open({ scheme: colorScheme, width }: View): Promise<Page> {
    const page = await browser.newPage({
      baseURL: `http://${server.domain}:${server.port}`,
      colorScheme,
      reducedMotion: "reduce",
      viewport: { width, height: width < 500 ? 844 : 900 },
    });
    watchForComplaints(page, complaints, { takesErrors: true });
    return page;
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto("/");
    await page.getByLabel("E-mail").fill(OWNER.email);
    await page.getByLabel("Password").fill(OWNER.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sites" }).waitFor();
  }

  /** Looks at a page. How it looks goes to the folder; returns what is wrong with it: that axe-core finds, that it is too wide, or has elements of markup. */
  async function inspect(page: Page, name: string, { scheme, width, isWhole }: View): Promise<string[]> {
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(shots, `${name}-${scheme}-${width}.png`), fullPage: true });
    const found = isWhole ? await findViolations(page) : [];
    const { overflow, ran } = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - window.innerWidth,
      ran: document.querySelectorAll("img[src=x]").length,
    }));
    if (overflow > 0) found.push(`${overflow} pixels wider than the window`);
    if (ran > 0) found.push("markup became elements");
    return found.map((what) => `${name}: ${what}`);
  }

  /** Goes to another page as a link of the console does: nothing is loaded again. */
  async function follow(page: Page, path: string): Promise<void> {
    await page.evaluate((to) => {
      history.pushState(null, "", to);
      dispatchEvent(new PopStateEvent("popstate"));
    }, path);
  }

  const load = (page: Page, path: string) => page.goto(path);

  async function visit(
    page: Page,
    places: Readonly<Record<string, Place>>,
    view: View,
    go: (page: Page, path: string) => Promise<unknown> = follow,
  ): Promise<string[]> {
    const found: string[] = [];
    for (const [name, { path, seen, act }] of Object.entries(places)) {
      await go(page, path);
      await page.getByText(seen).first().waitFor();
      await act?.(page);
      found.push(...(await inspect(page, name, view)));
    }
    return found;
  }

  test("is as it should be on the first visit of all", async () => {
    const found: string[] = [];
    for (const view of VIEWS) {
      const page = await open(view);
      await page.goto("/");
      await page.getByRole("heading", { name: "Welcome to SitePod" }).waitFor();
      found.push(...(await inspect(page, "first-run", view)));
      await page.close();
    }
    expect(found).toEqual([]);
    ({ ada, invitations } = await seed(server));
  });

  for (const view of VIEWS) {
    test(`is as it should be, ${view.scheme}, ${view.width} pixels wide`, async () => {
      const page = await open(view);
      await page.goto("/");
      await page.getByLabel("Password").waitFor();
      const found = await inspect(page, "sign-in", view);
      found.push(...(await visit(page, signedOut(invitations), view)));
      await signIn(page);
      found.push(...(await visit(page, signedIn(invitations), view)));
      if (view.isWhole) found.push(...(await visit(page, PRESSED, view, load)));
      expect(found).toEqual([]);
      await page.close();
    });
  }

  test("shows new traffic while it is looked at, as soon as it is added up", async () => {
    const page = await open(VIEWS[0]!);
    await signIn(page);
    await page.goto("/sites/shop/traffic?environment=beta");
    await page.getByRole("heading", { name: "Nobody asked for anything" }).waitFor();
    await (await fetchHost(server, `shop-beta.${server.domain}`, "/just-now.png")).text();
    // Somebody else looks too: then what edges have written is added up.
    await waitUntil("it is told", async () => {
      const beta = await ada.call<Api.Traffic>("GET", "/projects/shop/traffic?environment=beta");
      return beta.total.requests === 1;
    });
    await page.getByText("/just-now.png").waitFor();
    await page.getByRole("button", { name: "Month" }).click();
    await page.waitForURL("**/sites/shop/traffic?range=month&environment=beta");
    await page.getByText("/just-now.png").waitFor();
    await page.close();
  });

  test("is interactive within a second, by less than 150 kB of scripts, none of them inline", async () => {
    const page = await open(VIEWS[0]!);
    const sizes = new Map<string, number>();
    page.on("response", async (response) => {
      if (!response.url().endsWith(".js")) return;
      sizes.set(response.url(), Bun.gzipSync(new Uint8Array(await response.body())).length);
    });
    await signIn(page);
    const times: number[] = [];
    for (let attempt = 0; attempt < TRIES; attempt++) {
      await page.goto("/");
      await page.getByRole("link", { name: "shop", exact: true }).waitFor();
      times.push(await page.evaluate(() => performance.now()));
    }
    expect(Math.min(...times)).toBeLessThan(MAX_READY_MS);
    expect(sizes.size).toBeGreaterThan(0);
    expect([...sizes.values()].reduce((sum, size) => sum + size)).toBeLessThan(MAX_SCRIPT_BYTES);
    const policy = (await fetch(`${server.url}/`)).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).not.toContain("unsafe-inline");
    expect(await page.locator("script:not([src])").count()).toBe(0);
    await page.close();
  });

  test("is at app. of the domain too", async () => {
    const response = await fetch(`${server.url}/`, { headers: { host: `app.${server.domain}` } });
    expect(await response.text()).toContain('<div id="app">');
  });

  test("leaves no error in the browser's console, and runs nothing that a tenant wrote", () => {
    // An invitation that is over is gone; a release that needs an approval is refused.
    const isExpected = (text: string) =>
      / \((Gone\) http\S+\/invitations\/look|Conflict\) http\S+\/release)$/.test(text);
    expect(complaints.filter((text) => !isExpected(text))).toEqual([]);
  });
});
