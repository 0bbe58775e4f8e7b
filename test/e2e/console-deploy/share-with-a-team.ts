import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Api } from "#wire";
import { dropFolder } from "../../harness/drop-folder.ts";
import { writeTree } from "../../harness/file-tree.ts";
import { watchForComplaints } from "../../harness/page-complaints.ts";
import type { Server } from "../../harness/server.ts";
import type { TemporaryFolder } from "../../harness/temporary-folder.ts";
import { waitUntil } from "../../harness/wait-until.ts";

export const EMAIL = "ada@example.com";
export const PASSWORD = "correct horse battery staple";

/** What the tests before have left: the owner of Bakery is signed in on `page`, and my-shop serves v1, on beta v2. */
interface World {
  readonly server: Server;
  readonly browser: Browser;
  readonly page: Page;
  readonly folder: TemporaryFolder;
  readonly complaints: string[];
  /** What a site serves at its first page. */
  readonly read: (label: string) => Promise<string>;
}

/** The tests that go on with a second person: from their invitation to their removal. */
export function shareWithATeam(find: () => World): void {
  /** Of the developer who is invited. */
  let bob: Page;

  test("is deployed to beta by a developer who was invited, in a browser of their own", async () => {
    const { server, browser, page, folder, complaints, read } = find();
    await page.goto("/members");
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByLabel("E-mail").fill("bob@example.com");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = await page.getByRole("region", { name: "The invitation" }).locator("code").textContent();
    await page.getByRole("list", { name: "Invitations" }).getByText("bob@example.com").waitFor();

    bob = await (await browser.newContext({ baseURL: `http://${server.domain}:${server.port}` })).newPage();
    watchForComplaints(bob, complaints, { takesErrors: true });
    await bob.goto(link!);
    await bob.getByRole("heading", { name: "Join Bakery" }).waitFor();
    await bob.getByLabel("Choose a password").fill(PASSWORD);
    await bob.getByRole("button", { name: "Create an account and join" }).click();
    await bob.getByText("You are in Bakery now").waitFor();
    // The owner's page has heard of it.
    await page.getByRole("list", { name: "Members" }).getByText("bob@example.com").waitFor();
    expect(await page.getByRole("list", { name: "Invitations" }).count()).toBe(0);

    await bob.getByRole("link", { name: "my-shop", exact: true }).click();
    await bob.getByRole("article", { name: "prod" }).getByText("v1", { exact: true }).waitFor();
    await writeTree(folder.path, { "My Shop/index.html": "<h1>third" });
    await dropFolder(bob, join(folder.path, "My Shop"));
    await bob.getByRole("radio", { name: "beta" }).check();
    await bob.getByRole("button", { name: "Deploy", exact: true }).click();
    await bob.getByText("beta serves v3").waitFor();
    expect(await read("my-shop-beta")).toBe("<h1>third");
  });

  test("is refused prod where that needs an approval, and moves when the owner gives it", async () => {
    const { page, folder, read } = find();
    await page.goto("/sites/my-shop/settings");
    await page.getByLabel("What stands before prod").selectOption("approval");
    await page.getByRole("form", { name: "Guard of prod" }).getByRole("button", { name: "Set" }).click();
    await page.getByText("The guard of prod is set").waitFor();
    await page.getByRole("link", { name: "Approvals" }).click();
    await page.getByText("Nothing waits in Bakery.").waitFor();

    await writeTree(folder.path, { "My Shop/index.html": "<h1>fourth" });
    await dropFolder(bob, join(folder.path, "My Shop"));
    await bob.getByRole("radio", { name: "prod" }).check();
    await bob.getByRole("button", { name: "Deploy", exact: true }).click();
    await bob.getByRole("heading", { name: "my-shop v4 is ready" }).waitFor();
    await bob.getByText("It waits for another member's approval.").waitFor();
    // The owner's page shows it by itself, and the developer's the answer.
    await page.getByRole("button", { name: "Refuse v4 for prod of my-shop" }).click();
    await page.getByRole("dialog").getByLabel("Comment").fill("Not before noon");
    await page.getByRole("dialog").getByRole("button", { name: "Refuse" }).click();
    await bob.getByText("ada@example.com has refused it. Not before noon").waitFor();
    expect(await read("my-shop")).toBe("<h1>first");

    await bob.getByRole("link", { name: "Open my-shop" }).click();
    await bob.getByRole("button", { name: "Promote v3 to prod" }).click();
    const asking = bob.getByRole("dialog", { name: "Release prod" });
    await asking.getByText("prod needs another member's approval").waitFor();
    await asking.getByRole("button", { name: "Ask for v3" }).click();
    await asking.getByText("It waits for another member's approval.").waitFor();
    await page.getByRole("button", { name: "Approve v3 for prod of my-shop" }).click();
    const deciding = page.getByRole("dialog", { name: "Approve v3 for prod of my-shop" });
    await deciding.getByRole("button", { name: "index.html changed" }).waitFor();
    await deciding.getByRole("button", { name: "Approve" }).click();
    await page.getByText("prod of my-shop now serves v3").waitFor();
    await bob.getByText("prod now serves v3").waitFor();
    await asking.waitFor({ state: "detached" });
    expect(await read("my-shop")).toBe("<h1>third");
  });

  test("stays as it is while prod is locked, which everybody is told with the reason", async () => {
    const { page } = find();
    await page.goto("/sites/my-shop");
    await page.getByRole("button", { name: "Lock prod" }).click();
    await page.getByLabel("Reason").fill("The fair is on");
    await page.getByRole("button", { name: "Lock", exact: true }).click();
    await page.getByText("prod is locked").waitFor();
    const prod = bob.getByRole("article", { name: "prod" });
    await prod.getByText("Locked: The fair is on").waitFor();
    expect(await prod.getByRole("button", { name: "Roll back" }).isDisabled()).toBe(true);
    expect(await prod.getByRole("button", { name: "Unlock" }).count()).toBe(0);
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("prod is unlocked").waitFor();
    await prod.getByText("Locked: The fair is on").waitFor({ state: "detached" });
  });

  test("is told whole by the audit log, which is filtered, opened and exported", async () => {
    const { page } = find();
    await page.getByRole("link", { name: "Audit log" }).click();
    const rows = page.getByRole("listitem");
    await rows.filter({ hasText: "approval.approve" }).waitFor();
    await page.getByRole("button", { name: "What guard.set changed" }).last().click();
    await page.getByRole("row", { name: "kind – approval" }).waitFor();
    await page.getByLabel("Who").fill("bob@example.com");
    await page.getByLabel("Who").press("Tab");
    await rows.filter({ hasText: "ada@example.com" }).first().waitFor({ state: "detached" });
    await rows.filter({ hasText: "approval.request" }).first().waitFor();
    expect(await rows.filter({ hasText: "approval.request" }).count()).toBe(2);
    await page.getByRole("button", { name: "Show everything" }).click();
    await rows.filter({ hasText: "account.register" }).first().waitFor();

    const address = await page.getByRole("link", { name: "Export NDJSON" }).getAttribute("href");
    const exported = await page.evaluate(async (url) => await (await fetch(url)).text(), address!);
    const told = exported
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Api.AuditEvent);
    const of = (email: string) => [...new Set(told.filter(({ actor }) => actor === email).map(({ action }) => action))];
    expect(of("ada@example.com")).toEqual(
      expect.arrayContaining(["release.create", "environment.rollback", "invitation.create", "approval.refuse"]),
    );
    expect(of("bob@example.com").toSorted()).toEqual([
      "approval.request",
      "environment.release",
      "member.join",
      "release.create",
    ]);
  });

  test("is only looked at by a viewer, and out of reach for a member who was removed", async () => {
    const { page } = find();
    await page.getByRole("link", { name: "Members" }).click();
    await page.getByRole("button", { name: "Change the role of bob@example.com" }).click();
    await page
      .getByRole("dialog")
      .getByLabel("Role")
      .selectOption({ label: "viewer: sees sites, releases and members" });
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("bob@example.com is viewer now").waitFor();
    const changing = bob.getByRole("button", { name: /^(Release v|Release to|Promote|Roll back)/ });
    expect(await changing.count()).toBeGreaterThan(0);
    for (const path of ["/sites/my-shop", "/sites/my-shop/releases/v3"]) {
      await bob.goto(path);
      await bob.getByText("v3", { exact: true }).first().waitFor();
      await waitUntil("nothing is offered that is refused", async () => (await changing.count()) === 0);
    }
    await page.getByRole("button", { name: "Remove bob@example.com" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove bob@example.com" });
    await dialog.getByText("Their place in Bakery: viewer").waitFor();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByText("bob@example.com is removed").waitFor();
    await bob.goto("/");
    await bob.getByRole("button", { name: "Workspace bob@example.com" }).waitFor();
    await bob.getByRole("heading", { name: "Nothing here yet" }).waitFor();
  });

  test("is shared again by another link, which is good once, with whoever leaves by themselves", async () => {
    const { page } = find();
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = await page.getByRole("region", { name: "The invitation" }).locator("code").textContent();
    await bob.goto(link!);
    await bob.getByRole("button", { name: "Accept as bob@example.com" }).click();
    await bob.getByRole("link", { name: "my-shop", exact: true }).waitFor();
    await bob.goto(link!);
    await bob.getByRole("heading", { name: "Nobody is invited by this" }).waitFor();
    await bob.goto("/members");
    await bob.getByRole("button", { name: "Leave the workspace" }).click();
    await bob.getByRole("dialog", { name: "Leave Bakery" }).getByRole("button", { name: "Leave" }).click();
    await bob.getByText("You have left Bakery").waitFor();
    await bob.getByRole("heading", { name: "Nothing here yet" }).waitFor();
    await bob.context().close();
  });

  test("is no longer offered by a link that was revoked", async () => {
    const { browser, server, page } = find();
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const region = page.getByRole("region", { name: "The invitation" });
    const link = await region.locator("code").textContent();
    await page.getByRole("button", { name: "Revoke the invitation of whoever has the link" }).click();
    await region.waitFor({ state: "detached" });
    const stranger = await browser.newPage({ baseURL: `http://${server.domain}:${server.port}` });
    await stranger.goto(link!);
    await stranger.getByText("has been used, was revoked or has expired").waitFor();
    // Nobody who uses this browser next finds it.
    const kept = () => stranger.evaluate(() => sessionStorage.length);
    expect(await kept()).toBe(1);
    await stranger.getByRole("link", { name: "Sign in" }).click();
    await stranger.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await kept()).toBe(0);
    await stranger.close();
  });

  test("is seen beside workspaces that the server's administrator is not in, but may look into", async () => {
    const { page } = find();
    await page.getByRole("link", { name: "Server" }).click();
    await page.getByRole("button", { name: "Open bob@example.com" }).click();
    await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Workspace bob@example.com" }).waitFor();
    // A site brings one back to where it is.
    await page.goto("/sites/my-shop");
    await page.getByRole("button", { name: "Workspace Bakery" }).waitFor();
  });

  test("has workspaces beside it, which are made, renamed and deleted", async () => {
    const { page } = find();
    await page.getByRole("button", { name: "Workspace Bakery" }).click();
    await page.getByRole("button", { name: "New workspace" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Mill");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByRole("button", { name: "Workspace Mill" }).waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Name of the workspace").fill("Old mill");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("button", { name: "Workspace Old mill" }).waitFor();
    await page.getByLabel("Type Old mill to confirm").fill("Old mill");
    await page.getByRole("button", { name: "Delete the workspace" }).click();
    await page.getByText("Old mill is deleted").waitFor();
    await page.getByRole("button", { name: "Workspace Bakery" }).waitFor();
    await page.getByRole("link", { name: "my-shop", exact: true }).waitFor();
  });
}
