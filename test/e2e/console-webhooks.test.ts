import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type Account, register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { findViolations } from "../harness/inspect-page.ts";
import { watchForComplaints } from "../harness/page-complaints.ts";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";

const MARKUP = `<img src=x onerror="alert(1)">`;
/** Where each run leaves what the pages look like. */
const shots = process.env.SITEPOD_SCREENSHOTS ?? join(root, "dist/screenshots");

describe.skipIf(chromiumPath === undefined)("the console's webhooks (needs Chromium)", () => {
  let server: Server;
  let browser: Browser;
  let account: Account;
  let page: Page;
  let status = 500;
  const complaints: string[] = [];
  const receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(`${MARKUP}</pre><script>alert(2)</script>`, { status }),
  });
  const url = `http://127.0.0.1:${receiver.port}/hook`;

  beforeAll(async () => {
    server = await startServer({ flags: ["--allow-webhooks-to", "127.0.0.1"] });
    account = await register(server.url, "ada@example.com");
    const client = deployClient({ endpoint: server.url, token: account.token });
    await client.deploy("shop", { "index.html": "one" });
    browser = await startBrowser(server.domain);
    await mkdir(shots, { recursive: true });
    page = await browser.newPage({
      baseURL: `http://${server.domain}:${server.port}`,
      reducedMotion: "reduce",
      viewport: { width: 1440, height: 900 },
    });
    watchForComplaints(page, complaints, { takesErrors: false });
    await page.goto("/");
    await page.getByLabel("E-mail").fill(account.email);
    await page.getByLabel("Password").fill(account.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sites" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await receiver.stop(true);
  });

  /** What is wrong with the page as it is, in both schemes and at both widths; how it looks goes to the folder. */
  async function inspect(name: string): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.screenshot({ path: join(shots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
        const { overflow, ran } = await page.evaluate(() => ({
          overflow: document.documentElement.scrollWidth - window.innerWidth,
          ran: document.querySelectorAll("img[src=x]").length,
        }));
        if (overflow > 0) found.push(`${width}: ${overflow} pixels wider than the window`);
        if (ran > 0) found.push("markup became elements");
        if ((width === 390) === (colorScheme === "dark")) found.push(...(await findViolations(page)));
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    return found;
  }
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  test("add one, with its secret shown once", async () => {
    await page.getByRole("link", { name: "Webhooks" }).click();
    await page.getByText("No webhooks.").waitFor();
    await press("New webhook");
    await page.getByLabel("URL").fill("http://10.0.0.1/");
    await press("Add webhook");
    await page.getByText("10.0.0.1 is no address of the public internet").waitFor();
    await page.getByLabel("URL").fill(url);
    await page.getByLabel("Everything, also what there will be").uncheck();
    await page.getByLabel("environment.released").check();
    await page.getByRole("combobox", { name: "Site" }).selectOption("shop");
    expect(await inspect("webhooks-new")).toEqual([]);
    await press("Add webhook");
    const secret = page.getByRole("region", { name: "The secret of the webhook" });
    expect(await secret.locator("code").textContent()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await inspect("webhooks-secret")).toEqual([]);
    await press("I have it");
    await secret.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("link", { name: url }).waitFor();
    expect(await page.getByText("whsec_").count()).toBe(0);
  });

  test("show what a receiver answered as text, whatever it is", async () => {
    await page.getByRole("link", { name: url }).click();
    await press("Send a test");
    await page.getByText("The test has not arrived").waitFor();
    await page.getByText(`${MARKUP}</pre><script>alert(2)</script>`).waitFor();
    await page.getByText("It answers 500.").waitFor();
    expect(await inspect("webhook")).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("send a delivery again, and show what happens as it does", async () => {
    status = 200;
    await page.getByRole("button", { name: /^Redeliver msg_/ }).click();
    await page.getByText("It has arrived").waitFor();
    await page.getByText(/^200 in \d+ ms/).waitFor();
    await deployClient({ endpoint: server.url, token: account.token }).release("shop", "prod");
    const released = page.getByRole("listitem").filter({ hasText: "environment.released" });
    // What is opened before it is sent is loaded again once it was.
    await released.getByText(/^200 in \d+ ms/).waitFor();
    await released.getByRole("button", { name: /^What environment\.released sent/ }).click();
    await page.getByText('"version": "v1"').first().waitFor();
    // What is open stays as it is while the list is loaded again for something else.
    const answer = released.getByRole("region", { name: /^Answer of msg_/ });
    await answer.waitFor();
    const open = await answer.elementHandle();
    await Promise.all([
      page.waitForResponse(/\/deliveries\?limit=/),
      deployClient({ endpoint: server.url, token: account.token }).call("POST", "/tokens", {
        name: "ci",
        scopes: ["read"],
      }),
    ]);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    expect(await open!.evaluate((element) => element.isConnected)).toBe(true);
  });

  test("replace the secret, with the new one shown once", async () => {
    await press("Replace secret");
    const dialog = page.getByRole("dialog", { name: "Replace the secret" });
    await dialog.getByLabel("The secret before is good for").selectOption("An hour");
    expect(await inspect("webhook-rotate")).toEqual([]);
    await dialog.getByRole("button", { name: "Replace" }).click();
    const secret = page.getByRole("region", { name: "The secret of the webhook" });
    expect(await secret.locator("code").textContent()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await page.getByText("Signed by the secret before, too: that ends").waitFor();
    expect(await inspect("webhook-rotated")).toEqual([]);
    await press("I have it");
    await secret.waitFor({ state: "detached" });
  });

  test("turn one off and on, change it, and delete it", async () => {
    await press("Turn off");
    await page.getByText("The webhook is off").waitFor();
    await press("Turn on");
    await page.getByText("The webhook is on").waitFor();
    await press("Change");
    await page.getByLabel("domain.lost").check();
    await press("Save");
    await page.getByText("of shop, told of environment.released, domain.lost").waitFor();
    await press("Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No webhooks.").waitFor();
    expect(complaints).toEqual([]);
  });
});
