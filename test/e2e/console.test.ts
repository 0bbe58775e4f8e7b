import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { type DnsServer, startDns } from "../harness/dns-server.ts";
import { writeTree } from "../harness/file-tree.ts";
import { watchForComplaints } from "../harness/page-complaints.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const EMAIL = "ada@example.com";
const PASSWORD = "correct horse battery staple";
const TOKEN_NAME = "laptop";

/** One person's first hour with the console: each test goes on where the one before it ended. */
describe.skipIf(chromiumPath === undefined)("the console, in a browser (needs Chromium),", () => {
  let dns: DnsServer;
  let server: Server;
  let browser: Browser;
  let page: Page;
  let shell: CommandLine;
  const complaints: string[] = [];

  beforeAll(async () => {
    dns = await startDns();
    server = await startServer({ flags: ["--dns-server", dns.address] });
    browser = await startBrowser(server.domain);
    page = await browser.newPage({ baseURL: `http://${server.domain}:${server.port}`, colorScheme: "light" });
    watchForComplaints(page, complaints, { takesErrors: false });
  });

  afterAll(async () => {
    await shell?.[Symbol.asyncDispose]();
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
    await dns?.[Symbol.asyncDispose]();
  });

  test("greets the first person and makes them the administrator", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "Welcome to SitePod" }).waitFor();
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the administrator" }).click();
    await page.getByText("npx sitepod deploy").waitFor();
    await page.getByRole("link", { name: "Account" }).click();
    await page.getByText("Administrator of").waitFor();
  });

  test("shows a new token once, and the command line can deploy with it", async () => {
    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill(TOKEN_NAME);
    await page.getByRole("button", { name: "Create token" }).click();
    const secret = page.getByRole("region", { name: "The new token" });
    const token = (await secret.locator("code").textContent()) ?? "";
    await secret.getByRole("button", { name: "I have it" }).click();
    await page.reload();
    await page.getByRole("button", { name: `Revoke ${TOKEN_NAME}` }).waitFor();
    expect(await page.content()).not.toContain(token);

    shell = await commandLine({ endpoint: server.url, token });
    for (const text of ["first", "second"]) {
      await writeTree(shell.home, { "site/index.html": `<h1>${text}`, [`site/${text}.txt`]: text });
      const deployed = await shell.run(["deploy", "site", "-n", "shop", "--prod", "-m", `The ${text} words`, "--yes"]);
      expect(deployed).toMatchObject({ code: 0 });
    }
  });

  test("lists the site with what it serves", async () => {
    await page.getByRole("link", { name: "Sites" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "shop" });
    await row.getByText("v2", { exact: true }).waitFor();
    await row.getByRole("link", { name: "shop", exact: true }).click();
    const prod = page.getByRole("article", { name: "prod" });
    await prod.getByText("The second words").waitFor();
    await page.getByRole("article", { name: "beta" }).getByText("Nothing has been released here.").waitFor();
  });

  test("shows what changed between two releases", async () => {
    await page.getByRole("link", { name: "Compare v2 with v1" }).click();
    const changes = page.getByRole("list", { name: "Files that differ" });
    await changes.getByText("second.txt").waitFor();
    await changes.getByRole("button", { name: "index.html changed" }).click();
    await changes.getByRole("row", { name: "− <h1>first" }).waitFor();
    await changes.getByRole("row", { name: "+ <h1>second" }).waitFor();
    await page.goBack();
  });

  test("rolls prod back by two clicks, and the site serves the old release at once", async () => {
    expect(await read("shop")).toBe("<h1>second");
    await page.getByRole("button", { name: "Roll back to v1" }).click();
    const dialog = page.getByRole("dialog", { name: "Roll back prod" });
    expect(await dialog.textContent()).toMatch(/v2\s*v1/);
    await dialog.getByRole("list", { name: "Files that differ" }).getByText("second.txt").waitFor();
    await dialog.getByRole("button", { name: "Roll back to v1" }).click();
    expect(await page.getByText(/^prod is back at v1, in [0-9.]+ ms$/).textContent()).not.toBeEmpty();
    expect(await read("shop")).toBe("<h1>first");
    await page.getByRole("article", { name: "prod" }).getByText("The first words").waitFor();
  });

  test("refuses to move a pointer that somebody else has moved meanwhile, and says so", async () => {
    await page.getByRole("button", { name: "Release v2 to prod" }).click();
    expect(await shell.run(["release", "v2", "-n", "shop", "--env", "prod"])).toMatchObject({ code: 0 });
    expect(await shell.run(["rollback", "--to", "v1", "-n", "shop", "--env", "prod"])).toMatchObject({ code: 0 });
    const dialog = page.getByRole("dialog", { name: "Release prod" });
    await dialog.getByRole("button", { name: "Release to v2" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await read("shop")).toBe("<h1>first");
  });

  test("releases to beta and promotes from there to prod", async () => {
    await page.getByRole("button", { name: "Release v2 to beta" }).click();
    await page.getByRole("dialog", { name: "Release beta" }).getByRole("button", { name: "Release to v2" }).click();
    await page.getByText("beta now serves v2").waitFor();
    await page.getByRole("button", { name: "Promote v2 to prod" }).click();
    await page.getByRole("dialog", { name: "Release prod" }).getByRole("button", { name: "Release to v2" }).click();
    await page.getByText("prod now serves v2").waitFor();
    expect(await read("shop")).toBe("<h1>second");
  });

  test("protects prod by a password, makes a link, and opens it again", async () => {
    const status = async (path = "/") => (await fetchHost(server, `shop.${server.domain}`, path)).status;
    await page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Protect prod" }).click();
    await page.getByLabel("Password for the visitors of prod").fill(PASSWORD);
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("prod asks for the password now").waitFor();
    expect(await status()).toBe(401);
    await page.getByRole("button", { name: "Make a link" }).click();
    const link = new URL((await page.getByText("?sitepod_access=").textContent()) ?? "");
    expect(await status(link.pathname + link.search)).toBe(303);
    await logInAsVisitor(link.origin);
    await page.getByRole("button", { name: "Let everybody see prod" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Let everybody see it" }).click();
    await page.getByText("prod is open to everybody").waitFor();
    expect(await status()).toBe(200);
  });

  /** In a browser of their own: a wrong password, then the right one, which leads to the page that was asked for. */
  async function logInAsVisitor(origin: string) {
    const visitor = await browser.newPage();
    await visitor.goto(`${origin}/second.txt?x=1`);
    await visitor.getByLabel("Password").fill("not the password");
    await visitor.getByRole("button", { name: "Open" }).click();
    await visitor.getByRole("alert").waitFor();
    await visitor.getByLabel("Password").fill(PASSWORD);
    await visitor.getByRole("button", { name: "Open" }).click();
    await visitor.getByText("second", { exact: true }).waitFor();
    expect(visitor.url()).toBe(`${origin}/second.txt?x=1`);
    await visitor.close();
  }

  test("adds a domain, tells its records, and verifies and removes it", async () => {
    const domains = page.getByRole("listitem").filter({ hasText: "shop.example.org" });
    await page.goto("/sites/shop/domains");
    await page.getByRole("textbox", { name: "Domain", exact: true }).fill("shop.example.org");
    await page.getByRole("button", { name: "Add domain" }).click();
    const record = await domains.getByText("sitepod-verify=").textContent();
    await page.getByRole("button", { name: "Verify shop.example.org" }).click();
    await page.getByText("DNS has no TXT record").waitFor();
    const [name = "", value = ""] = (record ?? "").split(" → ");
    dns.texts.set(name, [value]);
    await page.getByRole("button", { name: "Verify shop.example.org" }).click();
    await page.getByText("verified, and served now").waitFor();
    const status = async () => (await fetchHost(server, "shop.example.org", "/")).status;
    expect(await status()).toBe(200);
    await page.getByRole("button", { name: "Remove shop.example.org" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove shop.example.org" });
    await dialog.getByText("Visitors of shop.example.org find no site").waitFor();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByText("shop.example.org is removed").waitFor();
    expect(await status()).toBe(404);
  });

  test("says which releases are kept", async () => {
    await page.goto("/sites/shop/settings");
    const choice = page.getByLabel("Which releases are kept");
    expect(await choice.inputValue()).toBe("default");
    await choice.selectOption("rules");
    await page.getByLabel("Newest releases").fill("20");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    const told = (await shell.run(["retention", "-n", "shop", "--json"])).json;
    expect(told).toEqual({ keep_releases: 20, keep_days: null, is_default: false });
    await page.reload();
    expect(await page.getByLabel("Newest releases").inputValue()).toBe("20");
  });

  test("shows by itself what others do meanwhile, and the log of their deploys", async () => {
    await page.goto("/sites/shop");
    await page.getByRole("article", { name: "beta" }).getByText("The second words").waitFor();
    await writeTree(shell.home, { "site/index.html": "<h1>third" });
    expect(await shell.run(["deploy", "site", "-n", "shop", "-m", "The third words", "--yes"])).toMatchObject({
      code: 0,
    });
    await page.getByRole("row").filter({ hasText: "The third words" }).waitFor();
    await page.getByRole("article", { name: "beta" }).getByText("The third words").waitFor();
    await page.getByRole("link", { name: "v3", exact: true }).first().click();
    await page.getByRole("link", { name: "Log", exact: true }).click();
    const log = page.getByRole("region", { name: "Log of the deploy" });
    await log.getByText("It is release v3").waitFor();
    await log.getByText("beta serves v3").waitFor();
  });

  test("says that a deploy is not there, rather than to wait for its log", async () => {
    await page.goto("/sites/shop/deploys/nobody-made-it");
    await page.getByRole("alert").getByText("There is no such deploy").waitFor();
  });

  test("tells who did what", async () => {
    await page.getByRole("link", { name: "Audit log" }).click();
    await page.getByText("environment.rollback").first().waitFor();
    await page.getByText(`${EMAIL} with ${TOKEN_NAME}`).first().waitFor();
  });

  test("says how to go on where a page's scripts are gone, since the server was updated meanwhile", async () => {
    await page.route("**/assets/usage-page-*.js", (route) => route.fulfill({ status: 404 }));
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByRole("alert").getByText("This page could not be loaded").waitFor();
    await page.unroute("**/assets/usage-page-*.js");
    await page.getByRole("button", { name: "Load it anew" }).click();
    await page.getByRole("heading", { name: "By site" }).waitFor();
  });

  test("revokes a token, which is refused from then on", async () => {
    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByRole("button", { name: `Revoke ${TOKEN_NAME}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText(`${TOKEN_NAME} is revoked`).waitFor();
    const refused = await shell.run(["history", "-n", "shop"]);
    expect(refused).toMatchObject({ code: 3 });
  });

  test("deletes a site only when its name is typed", async () => {
    await page.goto("/sites/shop/settings");
    const button = page.getByRole("button", { name: "Delete shop" });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel("Type shop to confirm").fill("shop");
    await button.click();
    await page.getByText("shop is deleted").waitFor();
    expect((await fetchHost(server, `shop.${server.domain}`, "/")).status).toBe(404);
  });

  test("ends the session at the log-out and asks for the password again", async () => {
    await page.getByRole("link", { name: "Account" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    // The account page has a field for an address, too.
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
  });

  test("has thrown no error and asked for nothing that the content security policy forbids", () => {
    expect(complaints).toEqual([]);
  });

  const read = async (site: string) => await (await fetchHost(server, `${site}.${server.domain}`, "/")).text();
});
