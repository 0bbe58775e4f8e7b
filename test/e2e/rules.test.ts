import { expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const PROJECT = '[project]\nname = "ruled"\n[build]\ndirectory = "site"\n';

test("rules are told to be wrong, served, and brought back by a rollback", async () => {
  await using server = await startServer({ flags: ["--country-header", "X-Country"] });
  const { token } = await register(server.url);
  await using person = await commandLine({ endpoint: server.url, token });
  await using folder = await temporaryFolder();
  const write = async (files: Record<string, string>) => {
    await mkdir(join(folder.path, "site"), { recursive: true });
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder.path, path), text);
  };
  const run = (...args: string[]) => person.run(args, { cwd: folder.path });
  const ask = (path: string, headers = {}) => fetchHost(server, `ruled.${server.domain}`, path, { headers });
  const leads = async (path: string, headers = {}) => (await ask(path, headers)).headers.get("Location");

  await write({
    "sitepod.toml": PROJECT,
    "site/index.html": "home",
    "site/_redirects": "/old /one\nbroken\n/where /au 302 Country=au\n/api/* https://example.com/:splat 200\n",
    "site/_headers": "/*\n  X-Release: one\n  Content-Length: 1\n",
  });
  const first = await run("deploy", "--prod");
  expect(first.code).toBe(0);
  expect(first.stderr).toContain("_redirects:2: ");
  expect(first.stderr).toContain("_redirects:4: This server does not ask other servers");
  expect(first.stderr).toContain("_headers:3: Content-Length is set by the server alone");
  expect([await leads("/old"), await leads("/where"), await leads("/where", { "X-Country": "AU" })]).toEqual([
    "/one",
    null,
    "/au",
  ]);
  expect((await ask("/")).headers.get("X-Release")).toBe("one");
  expect((await ask("/api/x")).status).toBe(502);
  expect((await ask("/_redirects")).status).toBe(404);

  await write({ "site/_redirects": "/old /two 302\n", "site/_headers": "/*\n  X-Release: two\n" });
  const second = await run("deploy", "--prod", "--json");
  expect(second.json).toMatchObject({ warnings: [] });
  expect([(await ask("/old")).status, await leads("/old")]).toEqual([302, "/two"]);
  expect((await ask("/")).headers.get("X-Release")).toBe("two");

  expect((await run("rollback", "--env", "prod", "--yes")).code).toBe(0);
  expect([(await ask("/old")).status, await leads("/old")]).toEqual([301, "/one"]);
  expect((await ask("/")).headers.get("X-Release")).toBe("one");

  await write({
    "sitepod.toml": `${PROJECT}[serve]\nrules_dialect = "cloudflare"\n`,
    "site/_redirects": "/old /three\n",
  });
  const third = await run("deploy", "--prod");
  expect(third.code).toBe(0);
  expect([(await ask("/old")).status, await leads("/old")]).toEqual([302, "/three"]);
}, 60_000);

test("a file of rules that is too large to be read is refused, and nothing changes", async () => {
  await using server = await startServer();
  const { token } = await register(server.url);
  await using person = await commandLine({ endpoint: server.url, token });
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "index.html"), "x");
  await writeFile(join(folder.path, "_headers"), "# padding\n".repeat(900_000));
  const deployed = await person.run(["deploy", folder.path, "--name", "large"]);
  expect(deployed.code).not.toBe(0);
  expect(deployed.stderr).toContain("_headers has 9000000 bytes and may have 8 MiB");
}, 60_000);
