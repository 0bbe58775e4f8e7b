import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { register } from "../harness/account.ts";
import { chromiumPath, startBrowser } from "../harness/browser.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

/** What is deleted in the console, and comes back. Each test goes on where the one before it ended. */
describe.skipIf(chromiumPath === undefined)("deleting in the console (needs Chromium)", () => {
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await startServer();
    const { token } = await register(server.url, "ada@example.com");
    const client = deployClient({ endpoint: server.url, token });
    const { image_id } = await client.deploy("shop", { "index.html": "<h1>shop" }, "prod");
    await client.preview("shop", image_id, "menu");
    browser = await startBrowser(server.domain);
    page = await browser.newPage({ baseURL: `http://${server.domain}:${server.port}` });
    await page.goto("/");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery staple");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sites" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const statusOf = async (label: string) => (await fetchHost(server, `${label}.${server.domain}`, "/")).status;

  test("deletes a preview, and undoes that", async () => {
    await page.goto("/sites/shop/previews");
    await page.getByRole("button", { name: "Delete preview menu" }).click();
    await page.getByText("Preview menu is deleted").waitFor();
    expect(await statusOf("shop--menu")).toBe(404);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Preview menu is back").waitFor();
    expect(await statusOf("shop--menu")).toBe(200);
  });

  test("asks before a preview goes whose password goes with it", async () => {
    await page.goto("/sites/shop/settings");
    await page.getByRole("button", { name: "Protect menu" }).click();
    await page.getByLabel("Password for the visitors of menu").fill("a long password");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("menu asks for the password now").waitFor();
    await page.goto("/sites/shop/previews");
    await page.getByRole("button", { name: "Delete preview menu" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete preview menu" });
    await dialog.getByText("its password is lost").waitFor();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("Preview menu is deleted").waitFor();
    expect(await page.getByRole("button", { name: "Undo" }).count()).toBe(0);
  });

  async function deleteShop(): Promise<void> {
    await page.goto("/sites/shop/settings");
    const button = page.getByRole("button", { name: "Delete shop" });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel("Type shop to confirm").fill("shop");
    await button.click();
    await page.getByText("shop is deleted").waitFor();
    expect(await statusOf("shop")).toBe(404);
  }

  test("deletes a site only when its name is typed", deleteShop);

  test("undoes a deletion from where it is told, and from the bin", async () => {
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("shop is back at").waitFor();
    await page.getByRole("article", { name: "prod" }).getByText("v1").first().waitFor();
    expect(await statusOf("shop")).toBe(200);
    await deleteShop();
    await page.getByRole("link", { name: "Deleted sites" }).click();
    await page.getByRole("button", { name: "Restore shop" }).click();
    await page.getByRole("article", { name: "prod" }).getByText("v1").first().waitFor();
    expect(await statusOf("shop")).toBe(200);
  });

  test("deletes a site for good only out of the bin, and when its name is typed", async () => {
    await deleteShop();
    await page.goto("/bin");
    await page.getByRole("button", { name: "Delete for good: shop" }).click();
    const dialog = page.getByRole("dialog", { name: "Delete shop for good" });
    await dialog.getByText("This cannot be undone").waitFor();
    const button = dialog.getByRole("button", { name: "Delete for good" });
    expect(await button.isDisabled()).toBe(true);
    await dialog.getByLabel("Type shop to confirm").fill("shop");
    await button.click();
    await page.getByText("No site was deleted in the last 7 days.").waitFor();
  });
});
