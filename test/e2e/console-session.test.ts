import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext } from "playwright-core";
import { register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { findFreePorts } from "../harness/free-ports.ts";
import { httpsPort } from "../harness/https-server.ts";
import { type Server, startServer } from "../harness/server.ts";

const SESSION = "__Host-sitepod";

/** What a tenant would try who wants the session of whoever looks at their site. */
const attack = (origin: string) => `<!doctype html><title>trying</title><script>
  const tried = {};
  tried.read = document.cookie;
  document.cookie = "${SESSION}=evil; domain=sites.test; path=/; secure";
  document.cookie = "${SESSION}=evil; path=/; secure; domain=.sites.test";
  document.cookie = "sitepod=evil; domain=sites.test; path=/";
  const ask = (path, init) => fetch("${origin}/api/v1" + path, { credentials: "include", ...init })
    .then((answer) => answer.text(), () => "refused");
  (async () => {
    tried.info = await ask("/auth/info");
    tried.delete = await ask("/projects/evil", { method: "DELETE" });
    tried.post = await ask("/tokens", { method: "POST", body: '{"name":"evil"}', headers: { "content-type": "text/plain" } });
    window.tried = tried;
    document.title = "tried";
  })();
</script>`;

describe.skipIf(chromiumPath === undefined)("a site on a subdomain (needs Chromium)", () => {
  let server: Server;
  let browser: Browser;
  let context: BrowserContext;
  let origin: string;

  beforeAll(async () => {
    // The certificates are the server's own: no authority answers there.
    const https = ["--https", "--https-port", "0", "--acme-directory", "https://127.0.0.1:9/directory"];
    const [port] = await findFreePorts(1);
    server = await startServer({ port: port!, flags: https });
    origin = `https://${server.domain}:${httpsPort(server)}`;
    browser = await startBrowser(server.domain);
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    const { token } = await register(server.url, "ada@example.com");
    await deployClient({ endpoint: server.url, token }).deploy("evil", { "index.html": attack(origin) }, "prod");
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const sessions = async () => (await context.cookies(origin)).filter(({ name }) => name === SESSION);

  test("can neither read the console's session nor set it, nor act by it", async () => {
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery staple");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("link", { name: "evil", exact: true }).waitFor();
    const before = await sessions();
    expect(before).toMatchObject([{ name: SESSION, httpOnly: true, secure: true, path: "/", domain: server.domain }]);

    const evil = await context.newPage();
    await evil.goto(origin.replace("://", "://evil."));
    await evil.waitForFunction(() => document.title === "tried");
    const tried = await evil.evaluate(() => (window as unknown as { tried: Record<string, string> }).tried);
    expect(tried).toEqual({ read: "", info: "refused", delete: "refused", post: "refused" });
    expect(await sessions()).toEqual(before);

    await page.reload();
    await page.getByRole("link", { name: "evil", exact: true }).waitFor();
    await page.goto(`${origin}/tokens`);
    await page.getByText("What the command line").waitFor();
    expect(await page.getByRole("button", { name: "Revoke evil" }).count()).toBe(0);
  });

  test("cannot show the console in a frame", async () => {
    const evil = await context.newPage();
    await evil.goto(origin.replace("://", "://evil."));
    const blocked = evil.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
    await evil.evaluate((address) => {
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
    }, origin);
    expect((await blocked).type()).toBe("error");
  });
});
