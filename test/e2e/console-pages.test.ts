import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { findViolations } from "../harness/inspect-page.ts";
import { watchForComplaints } from "../harness/page-complaints.ts";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

const MARKUP = `<img src=x onerror="alert(1)">`;
const MAX_SCRIPT_BYTES = 150 * 1000;
const MAX_READY_MS = 1000;
const TRIES = 3;
const WIDTHS = [1440, 390];
/** Where each run leaves what the pages look like. */
const shots = process.env.SITEPOD_SCREENSHOTS ?? join(root, "dist/screenshots");

type Pages = Readonly<Record<string, readonly [path: string, seen: string]>>;

/** Pages of somebody who is not signed in, beside the sign-in. */
const SIGNED_OUT: Pages = {
  "forgot-password": ["/forgot-password", "This server sends no mail"],
  "reset-password": ["/reset-password#token", "New password"],
};
/** Every page of somebody who is, by its name, with what is seen when it is there. */
const PAGES: Pages = {
  sites: ["/", "shop"],
  new: ["/new", "Drop a folder here"],
  site: ["/sites/shop", "Promote v2 to prod"],
  previews: ["/sites/shop/previews", "menu"],
  traffic: ["/sites/shop/traffic", "/gone.html"],
  domains: ["/sites/shop/domains", "shop.example.org"],
  settings: ["/sites/shop/settings", "Delete this site"],
  deploy: ["/sites/shop/deploy", "Drop a folder here"],
  release: ["/sites/shop/releases/v2", "app.js"],
  changes: ["/sites/shop/releases/v2/changes", "Changes since"],
  preview: ["/sites/shop/releases/v2/preview", "as it is served"],
  log: ["/sites/shop/releases/v2/log", "It is release v2"],
  bin: ["/bin", "Delete for good"],
  audit: ["/audit", "release.create"],
  tokens: ["/tokens", "What the command line"],
  account: ["/account", "Delete your account"],
  security: ["/security", "this browser"],
  device: ["/device", "The code that it shows"],
  unknown: ["/nowhere", "There is no page here"],
};

describe.skipIf(chromiumPath === undefined)("each page of the console (needs Chromium)", () => {
  let server: Server;
  let client: DeployClient;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startServer({ flags: ["--traffic-every", "1"] });
    const { token } = await register(server.url, "ada@example.com");
    client = deployClient({ endpoint: server.url, token });
    const files = { "index.html": "<h1>one", [`${MARKUP}.txt`]: "one", "app.js": `// ${MARKUP}\n` };
    const plan = await client.plan("shop", files);
    await client.upload(plan, files);
    await client.commit(plan, MARKUP);
    await client.release("shop", "prod");
    const second = { ...files, "index.html": "<h1>two", "app.js": `// ${MARKUP}${MARKUP}\n` };
    const next = await client.plan("shop", second);
    await client.upload(next, second);
    const { image_id: image } = await client.commit(next, `${MARKUP} again`);
    await client.release("shop", "beta");
    await client.preview("shop", image, "menu");
    await client.call("POST", "/domains", { project: "shop", domain: "shop.example.org" });
    await client.call("POST", "/tokens", { name: MARKUP });
    await visit();
    await waitUntil("its traffic is told", async () => {
      const { missing_paths: missing } = await client.call<Api.Traffic>("GET", "/projects/shop/traffic");
      return missing.length > 1;
    });
    await client.deploy("blog", files, "prod");
    await client.call("DELETE", "/projects/blog");
    browser = await startBrowser(server.domain);
    await mkdir(shots, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  /** By visitors of the site, some of whom ask for what is not there. */
  async function visit(): Promise<void> {
    const paths = ["/", "/", "/", "/app.js", "/gone.html", "/gone.html", `/${encodeURIComponent(MARKUP)}.png`];
    for (const path of paths) await (await fetchHost(server, `shop.${server.domain}`, path)).text();
  }

  async function open(colorScheme: "light" | "dark", width: number): Promise<Page> {
    const page = await browser.newPage({
      baseURL: `http://${server.domain}:${server.port}`,
      colorScheme,
      reducedMotion: "reduce",
      viewport: { width, height: width < 500 ? 844 : 900 },
    });
    page.setDefaultTimeout(10_000);
    watchForComplaints(page, complaints, { takesErrors: true });
    return page;
  }

  async function signIn(page: Page): Promise<void> {
    await page.goto("/");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery staple");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sites" }).waitFor();
  }

  for (const scheme of ["light", "dark"] as const) {
    for (const width of WIDTHS) {
      test(`has no violation that axe-core finds, ${scheme}, ${width} pixels wide`, async () => {
        const page = await open(scheme, width);
        const violations: string[] = [];
        const inspect = async (name: string) => {
          await page.screenshot({ path: join(shots, `${name}-${scheme}-${width}.png`) });
          violations.push(...(await findViolations(page)).map((violation) => `${name}: ${violation}`));
        };
        await page.goto("/");
        await page.getByLabel("Password").waitFor();
        await inspect("sign-in");
        for (const [name, [path, seen]] of Object.entries(SIGNED_OUT)) {
          await page.goto(path);
          await page.getByText(seen).first().waitFor();
          await inspect(name);
        }
        await signIn(page);
        for (const [name, [path, seen]] of Object.entries(PAGES)) {
          await page.goto(path);
          await page.getByText(seen).first().waitFor();
          if (name === "changes") await page.getByRole("button", { name: "app.js changed" }).click();
          if (name === "changes") await page.getByRole("region", { name: "Changes of app.js" }).waitFor();
          await inspect(name);
        }
        await page.goto("/sites/shop");
        await page.getByRole("button", { name: "Promote v2 to prod" }).click();
        await page.getByRole("dialog").getByText("app.js").waitFor();
        await inspect("promote");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+k");
        await page.getByRole("option", { name: "shop", exact: true }).waitFor();
        await inspect("palette");
        expect(violations).toEqual([]);
        // Nothing is wider than the window.
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        );
        await page.close();
      });
    }
  }

  test("shows names, messages and contents full of markup as text", async () => {
    const page = await open("light", 1440);
    await signIn(page);
    await page.goto("/sites/shop/releases/v2");
    await page.getByText(`${MARKUP}.txt`).waitFor();
    await page.getByText(`${MARKUP} again`).waitFor();
    await page.goto("/sites/shop/releases/v2/changes");
    await page.getByRole("button", { name: "app.js changed" }).click();
    await page.getByText(`// ${MARKUP}${MARKUP}`).waitFor();
    await page.goto("/sites/shop/traffic");
    await page.getByText(`/${encodeURIComponent(MARKUP)}.png`).waitFor();
    await page.goto("/tokens");
    await page.getByText(MARKUP, { exact: true }).waitFor();
    expect(await page.locator("img[src=x]").count()).toBe(0);
    await page.close();
  });

  test("shows new traffic while it is looked at, as soon as it is added up", async () => {
    const page = await open("light", 1440);
    await signIn(page);
    await page.goto("/sites/shop/traffic?environment=beta");
    await page.getByRole("heading", { name: "Nobody asked for anything" }).waitFor();
    await (await fetchHost(server, `shop-beta.${server.domain}`, "/just-now.png")).text();
    // Somebody else looks too: then what edges have written is added up.
    await waitUntil("it is told", async () => {
      const beta = await client.call<Api.Traffic>("GET", "/projects/shop/traffic?environment=beta");
      return beta.total.requests === 1;
    });
    await page.getByText("/just-now.png").waitFor();
    await page.getByRole("button", { name: "Month" }).click();
    await page.waitForURL("**/sites/shop/traffic?range=month&environment=beta");
    await page.getByText("/just-now.png").waitFor();
    await page.close();
  });

  test("is interactive within a second, by less than 150 kB of scripts, none of them inline", async () => {
    const page = await open("light", 1440);
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
    expect(complaints).toEqual([]);
  });
});
