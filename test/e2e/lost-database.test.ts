import { Database as SqliteFile } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { chmod, mkdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { callApi, register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

const databaseOf = (data: string): string => join(data, "db", "sitepod.db");

/** What a running site answers: host → its front page. */
const served: Readonly<Record<string, string>> = {
  shop: "two",
  "shop-beta": "one",
  "shop--look": "one",
  "shop--v1": "one",
  "shop--v2": "two",
};

/** Deploys a site to every kind of address it can have. */
async function fill(server: Server): Promise<string> {
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  const first = await client.deploy("shop", { "index.html": "one", "cold.txt": "one" }, "beta");
  await client.preview("shop", first.image_id, "look");
  await client.deploy("shop", { "index.html": "two", "cold.txt": "two" }, "prod");
  return token;
}

/** Reads every address, and beside its front page a file that nobody has asked for before. */
async function expectAllServed(server: Server): Promise<void> {
  for (const [label, page] of Object.entries(served)) {
    for (const path of ["/", "/cold.txt"]) {
      const response = await fetchHost(server, `${label}.${server.domain}`, path);
      expect([label, path, response.status, await response.text()]).toEqual([label, path, 200, page]);
    }
  }
}

async function expectHealthTells(server: Server): Promise<void> {
  const response = await callApi({ endpoint: server.url }, "GET", "/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "degraded",
    database: "error",
    storage: "ok",
    uptime: expect.any(Number),
  });
  const metrics = await callApi({ endpoint: server.url }, "GET", "/metrics");
  expect([metrics.status, await metrics.text()]).toEqual([
    200,
    expect.stringContaining("sitepod_edge_requests_total{"),
  ]);
}

const requests: readonly (readonly [string, string, unknown?])[] = [
  ["POST", "/plan", { project: "shop", files: [{ path: "a", blake3: "0".repeat(64), size: 1 }] }],
  ["POST", "/commit", { plan_id: "plan_x" }],
  ["POST", "/release", { project: "shop", environment: "prod", version: "v1" }],
  ["POST", "/rollback", { project: "shop", environment: "prod" }],
  ["POST", "/preview", { project: "shop", image_id: "v1" }],
  ["POST", "/tokens", { name: "ci" }],
  ["POST", "/auth/login", { email: "admin@example.com", password: "correct horse battery staple" }],
  ["POST", "/auth/login", { email: "new@example.com", password: "correct horse battery staple", action: "register" }],
  ["PUT", "/domains/rename?project=shop", { new_subdomain: "store" }],
  ["DELETE", "/projects/shop"],
  ["DELETE", "/account"],
  ["POST", "/gc"],
  ["GET", "/projects"],
];

/** Every request that needs the database is refused in the same way, and moves nothing. */
async function expectRefused(server: Server, token: string): Promise<void> {
  const ref = join(server.data, "refs", "shop", "prod.json");
  const before = await readFile(ref, "utf8");
  for (const [method, path, body] of requests) {
    const response = await callApi({ endpoint: server.url, token }, method, path, body);
    const answer = await response.json();
    expect([method, path, response.status, answer]).toEqual([
      method,
      path,
      503,
      { error: "unavailable", message: expect.stringContaining("The database cannot be used; sites keep serving.") },
    ]);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  }
  expect(await readFile(ref, "utf8")).toBe(before);
}

async function truncateDatabase(file: string): Promise<void> {
  for (const suffix of ["-wal", "-shm"]) await rm(file + suffix, { force: true });
  await truncate(file);
}

const losses: readonly { readonly what: string; readonly lose: (file: string) => Promise<void> }[] = [
  { what: "deleted", lose: (file) => rm(file) },
  {
    what: "deleted with its journal",
    lose: async (file) => {
      for (const suffix of ["", "-wal", "-shm"]) await rm(file + suffix, { force: true });
    },
  },
  { what: "truncated", lose: truncateDatabase },
  { what: "overwritten with garbage", lose: (file) => writeFile(file, "not a database ".repeat(5000), { flag: "r+" }) },
  {
    what: "replaced by another file",
    lose: async (file) => {
      await writeFile(`${file}.new`, await readFile(file));
      await rename(`${file}.new`, file);
    },
  },
  {
    what: "replaced by a folder",
    lose: async (file) => {
      await rm(file);
      await mkdir(file);
    },
  },
  { what: "moved away with its folder", lose: (file) => rename(join(file, ".."), join(file, "../../elsewhere")) },
];

describe.each(losses)("while the database is $what under a running server", ({ lose }) => {
  test("every site is served, health tells, and requests get a clear 503", async () => {
    await using server = await startServer();
    const token = await fill(server);
    await lose(databaseOf(server.data));
    await expectAllServed(server);
    await expectHealthTells(server);
    await expectRefused(server, token);
    await expectAllServed(server);
  });
});

test.skipIf(process.getuid?.() === 0)(
  "a database that may not be read any more is told as the others are (not as root, who may read everything)",
  async () => {
    await using server = await startServer();
    const token = await fill(server);
    await chmod(databaseOf(server.data), 0o000);
    await expectAllServed(server);
    await expectHealthTells(server);
    await expectRefused(server, token);
  },
);

test.each(losses.slice(0, 4))(
  "after a restart with its database $what the server serves all sites",
  async ({ lose }) => {
    await using folder = await temporaryFolder();
    await using before = await startServer({ data: folder.path });
    const token = await fill(before);
    await before.stop();
    await lose(databaseOf(folder.path));
    await using server = await startServer({ data: folder.path });
    await expectAllServed(server);
    await expectHealthTells(server);
    await expectRefused(server, token);
  },
);

test("a database that is put back is used after a restart, and nothing is lost", async () => {
  await using folder = await temporaryFolder();
  await using before = await startServer({ data: folder.path });
  const token = await fill(before);
  await before.stop();
  const file = databaseOf(folder.path);
  await rename(file, `${file}.kept`);
  await using without = await startServer({ data: folder.path });
  await expectRefused(without, token);
  await without.stop();
  await rename(`${file}.kept`, file);
  await using server = await startServer({ data: folder.path });
  expect(await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "three" })).toMatchObject({
    version: "v3",
  });
});

test("--rebuild-database brings sites, releases and previews back from what lies on the disk", async () => {
  await using folder = await temporaryFolder();
  await using before = await startServer({ data: folder.path });
  const oldToken = await fill(before);
  const history = "/history?project=shop";
  const known = await deployClient({ endpoint: before.url, token: oldToken }).call<Api.History>("GET", history);
  await before.stop();
  for (const suffix of ["", "-wal", "-shm"]) await rm(databaseOf(folder.path) + suffix, { force: true });

  await using server = await startServer({ data: folder.path, flags: ["--rebuild-database"] });
  await expectAllServed(server);
  expect((await callApi({ endpoint: server.url, token: oldToken }, "GET", "/projects")).status).toBe(401);
  const { token } = await register(server.url, "new-admin@example.com");
  const client = deployClient({ endpoint: server.url, token });
  expect(await client.call<Api.Project[]>("GET", "/projects")).toMatchObject([
    { name: "shop", subdomain: "shop", owner_email: "new-admin@example.com" },
  ]);
  const { items } = await client.call<Api.History>("GET", history);
  const lost = { created_by: null, new_bytes: null, new_files: null, url: expect.any(String) };
  expect(items).toEqual(known.items.map((item) => ({ ...item, ...lost })));
  expect(await client.call<Api.PreviewList>("GET", "/previews?project=shop")).toMatchObject({
    previews: [{ slug: "look", version: "v1" }],
  });
  expect(await client.call<Api.Current>("GET", "/current?project=shop&environment=prod")).toMatchObject({
    version: "v2",
  });

  const files = { "index.html": "two", "cold.txt": "three" };
  const plan = await client.plan("shop", files);
  expect(plan.missing.map(({ path }) => path)).toEqual(["cold.txt"]);
  expect(await client.deploy("shop", files, "prod")).toMatchObject({ version: "v3" });
  const page = await fetchHost(server, `shop.${server.domain}`, "/cold.txt");
  expect(await page.text()).toBe("three");
  expect(await client.rollback("shop", "prod")).toMatchObject({ version: "v2", previous_version: "v3" });
});

test.each(["sites/shop.json", "refs/shop/beta.json", "releases/shop/v1.json", "previews/shop/look.json"])(
  "with %s damaged the server starts, and everybody else is served and deploys",
  async (path) => {
    await using folder = await temporaryFolder();
    await using before = await startServer({ data: folder.path });
    const token = await fill(before);
    await deployClient({ endpoint: before.url, token }).deploy("other", { "index.html": "other" }, "prod");
    await before.stop();
    await writeFile(join(folder.path, path), "{");

    await using server = await startServer({ data: folder.path });
    const readPage = async (label: string) => (await fetchHost(server, `${label}.${server.domain}`, "/")).text();
    expect(await readPage("shop")).toBe("two");
    expect(await readPage("other")).toBe("other");
    const client = deployClient({ endpoint: server.url, token });
    await client.deploy("other", { "index.html": "other 2" }, "prod");
    expect(await readPage("other")).toBe("other 2");
    for (const label of Object.keys(served)) await readPage(label);
    expect(server.output()).toContain(`${path} in the server's storage is damaged.`);
  },
);

test("a database that a newer version has changed is left alone, also with --rebuild-database", async () => {
  await using folder = await temporaryFolder();
  {
    await using server = await startServer({ data: folder.path });
    await fill(server);
    await server.stop();
  }
  const path = databaseOf(folder.path);
  const file = new SqliteFile(path);
  file.run("insert into kysely_migration values ('9999-later', '2026-01-01T00:00:00.000Z')");
  file.close();
  for (const flags of [[], ["--rebuild-database"]]) {
    await using server = await startServer({ data: folder.path, flags });
    await expectAllServed(server);
    await expectHealthTells(server);
    expect((await callApi({ endpoint: server.url }, "GET", "/config")).status).toBe(503);
    expect(server.output()).toContain("A newer version of sitepod has changed the database (9999-later)");
  }
  using after = new SqliteFile(path, { readonly: true });
  expect(after.query("select name from sites").all()).toEqual([{ name: "shop" }]);
});
