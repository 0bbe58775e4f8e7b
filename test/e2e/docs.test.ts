import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { buildDocsSite } from "../../scripts/docs/build-site.ts";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { listTree, readTreeFile } from "../harness/file-tree.ts";
import { startServer } from "../harness/server.ts";
import { type TemporaryFolder, temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

let folder: TemporaryFolder;
let site = "";

beforeAll(async () => {
  folder = await temporaryFolder();
  site = await buildDocsSite(join(folder.path, "site"));
});

afterAll(() => folder[Symbol.asyncDispose]());

test("the documentation is deployed, and every page answers at its clean address", async () => {
  const pages = (await listTree(site)).filter((path) => path.endsWith(".html"));
  expect(pages).toContain("reference/cli.html");

  await using server = await startServer();
  const { token } = await register(server.url);
  await using person = await commandLine({ endpoint: server.url, token });
  const deployed = await person.run(["deploy", site, "--prod", "--name", "docs"]);
  expect(deployed).toMatchObject({ code: 0, stdout: expect.stringContaining("//docs.") });

  for (const page of pages.filter((path) => path !== "404.html")) {
    const response = await fetchHost(server, `docs.${server.domain}`, `/${page.replace(/(?:index)?\.html$/, "")}`);
    expect([page, response.status]).toEqual([page, 200]);
    expect(Buffer.from(await response.arrayBuffer()).equals(await readTreeFile(site, page))).toBe(true);
  }
  const missing = await fetchHost(server, `docs.${server.domain}`, "/no-such-page");
  expect(missing.status).toBe(404);
  expect(Buffer.from(await missing.arrayBuffer()).equals(await readTreeFile(site, "404.html"))).toBe(true);
});

test("the documentation asks no other host for anything", async () => {
  const loads =
    /(?:<(?:script|img|iframe)[^>]*\ssrc|<link(?![^>]*canonical)[^>]*\shref)="?(?:https?:)?\/\/|url\((?:https?:)?\/\//;
  for (const path of await listTree(site)) {
    if (!/\.(?:html|css)$/.test(path)) continue;
    expect([path, loads.exec(String(await readTreeFile(site, path)))?.[0]]).toEqual([path, undefined]);
  }
});
