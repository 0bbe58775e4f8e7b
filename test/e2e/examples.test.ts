import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { listTree, readTreeFile } from "../harness/file-tree.ts";
import { hasHugo } from "../harness/real-sites.ts";
import { root } from "../harness/repository.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const examples = join(root, "examples");

/** A page of a deployed site, and the address of the style sheet that it names. */
async function openPage(server: Server, site: string): Promise<{ html: string; style: Response }> {
  const host = `${site}.${server.domain}`;
  const page = await fetchHost(server, host, "/");
  expect(page.status).toBe(200);
  const html = await page.text();
  const href = /<link rel="stylesheet"[^>]* href="([^"]+)"/.exec(html)?.[1] ?? "none";
  return { html, style: await fetchHost(server, host, href) };
}

/** Deploys to prod, as somebody who has just registered. */
async function deploy(server: Server, cwd: string, args: readonly string[] = []): Promise<void> {
  const { token } = await register(server.url);
  await using person = await commandLine({ endpoint: server.url, token });
  const deployed = await person.run(["deploy", "--prod", ...args], { cwd });
  expect(deployed).toMatchObject({ code: 0 });
}

async function build(command: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const output = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  expect([await child.exited, output]).toEqual([0, expect.any(String)]);
}

test("plain files are deployed as they lie there, and about.html answers at /about", async () => {
  await using server = await startServer();
  await deploy(server, root, ["examples/plain", "--name", "plain"]);
  const { style } = await openPage(server, "plain");
  expect(style.headers.get("Cache-Control")).toBe("public, max-age=0, must-revalidate");
  const about = await fetchHost(server, `plain.${server.domain}`, "/about");
  expect(await about.text()).toContain("<h1>About</h1>");
});

test("what Vite builds is found by its sitepod.toml, and its hashed assets may be kept for ever", async () => {
  await using server = await startServer();
  await using folder = await temporaryFolder();
  await cp(join(examples, "vite"), folder.path, { recursive: true });
  await build([process.execPath, join(root, "node_modules/vite/bin/vite.js"), "build"], folder.path);
  await deploy(server, folder.path);
  const { style } = await openPage(server, "vite-example");
  expect([style.status, style.headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
});

test.skipIf(!hasHugo)("what hugo builds is found by its sitepod.toml, with its own 404 page (needs Hugo)", async () => {
  await using server = await startServer();
  await using folder = await temporaryFolder();
  await cp(join(examples, "hugo"), folder.path, { recursive: true });
  await build(["hugo", "--quiet"], folder.path);
  await deploy(server, folder.path);
  const { style } = await openPage(server, "hugo-example");
  expect([style.status, style.headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
  const missing = await fetchHost(server, `hugo-example.${server.domain}`, "/notes/second/");
  expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining("There is no such page")]);
});

test("a fresh server releases the welcome site, whose assets may be kept for ever", async () => {
  await using server = await startServer({ flags: ["--welcome"] });
  const { html, style } = await openPage(server, "welcome");
  expect(html).toContain("Your server is serving.");
  expect([style.status, style.headers.get("Cache-Control")]).toEqual([200, "public, max-age=31536000, immutable"]);
});

test("the welcome site's assets are named by their content: rename what you change", async () => {
  const assets = (await listTree(join(examples, "welcome"))).filter((path) => path.startsWith("assets/"));
  expect(assets.length).toBeGreaterThan(0);
  for (const path of assets) {
    const content = await readTreeFile(join(examples, "welcome"), path);
    expect(path).toContain(`.${createHash("sha256").update(content).digest("hex").slice(0, 8)}.`);
  }
});
