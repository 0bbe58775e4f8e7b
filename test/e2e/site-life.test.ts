import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { type DeployClient, deployClient } from "../harness/deploy-client.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";
import { waitUntil } from "../harness/wait-until.ts";

/** Assets of a replaced release answer for 2.88 seconds here, and not for a day. */
const SURVIVAL_HOURS = "0.0008";
/** An edge may follow a pointer for so long after it was changed behind its back. */
const POINTER_AGE_LIMIT_MS = 8000;

let server: Server;
let client: DeployClient;

beforeAll(async () => {
  server = await startServer({ flags: ["--asset-survival-hours", SURVIVAL_HOURS] });
  client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
});

afterAll(() => server[Symbol.asyncDispose]());

const get = (label: string, path = "/", init?: RequestInit): Promise<Response> =>
  fetchHost(server, `${label}.${server.domain}`, path, init);

/** A response in one line: its status, and its text or the title of its page. */
async function read(label: string, path = "/"): Promise<string> {
  const response = await get(label, path);
  const text = await response.text();
  return `${response.status} ${/<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? text}`;
}

test("before its first deploy a name is nobody's, and each environment is empty until a release", async () => {
  expect(await read("docs")).toBe("404 No site here");
  await client.deploy("docs", { "index.html": "docs 1" }, "beta");
  expect(await read("docs")).toBe("404 Nothing released yet");
  expect(await read("docs-beta")).toBe("200 docs 1");
  await client.release("docs", "prod");
  expect(await read("docs")).toBe("200 docs 1");
});

test("a deploy moves one environment, and every release keeps its own address", async () => {
  await client.deploy("notes", { "index.html": "notes 1" }, "beta");
  await client.release("notes", "prod");
  const second = await client.deploy("notes", { "index.html": "notes 2" }, "prod");
  expect(second.url).toBe(`http://notes--v2.${server.domain}:${server.port}`);
  expect(await read("notes")).toBe("200 notes 2");
  expect(await read("notes-beta")).toBe("200 notes 1");
  expect(await read("notes--v1")).toBe("200 notes 1");
  expect(await read("notes--v2")).toBe("200 notes 2");
  expect(await read("notes--v3")).toBe("404 No site here");

  expect(await client.rollback("notes", "prod")).toMatchObject({ version: "v1", previous_version: "v2" });
  expect(await read("notes")).toBe("200 notes 1");
  expect(await read("notes--v2")).toBe("200 notes 2");
  const { items } = await client.call<Api.History>("GET", "/history?project=notes&environment=prod");
  expect(items.map(({ version, action }) => `${action} ${version}`)).toEqual([
    "rollback v1",
    "release v2",
    "release v1",
  ]);
});

test("only prod may be listed by search engines", async () => {
  const { image_id } = await client.deploy("listed", { "index.html": "page" }, "prod");
  await client.release("listed", "beta");
  await client.preview("listed", image_id, "look");
  const robots = async (label: string) => (await get(label)).headers.get("X-Robots-Tag");
  expect(await robots("listed")).toBeNull();
  for (const label of ["listed-beta", "listed--look", "listed--v1"]) expect(await robots(label)).toBe("noindex");
});

test("a page is revalidated by its ETag, at every address the same", async () => {
  await client.deploy("tagged", { "index.html": "page" }, "prod");
  const first = await get("tagged");
  const etag = first.headers.get("ETag") ?? "";
  expect(first.headers.get("Cache-Control")).toContain("must-revalidate");
  const second = await get("tagged--v1", "/", { headers: { "If-None-Match": etag } });
  expect([second.status, await second.text()]).toEqual([304, ""]);
  await client.deploy("tagged", { "index.html": "other page" }, "prod");
  const third = await get("tagged", "/", { headers: { "If-None-Match": etag } });
  expect([third.status, await third.text()]).toEqual([200, "other page"]);
});

test("a preview shows a release at an address of its own until it ends", async () => {
  const { image_id } = await client.deploy("look", { "index.html": "page 1" }, "prod");
  await client.deploy("look", { "index.html": "page 2" }, "prod");
  const preview = await client.preview("look", image_id, "fix-menu", 3600);
  expect(preview.url).toBe(`http://look--fix-menu.${server.domain}:${server.port}`);
  expect(Date.parse(preview.expires_at) - Date.now()).toBeWithin(3_500_000, 3_600_001);
  expect(await read("look--fix-menu")).toBe("200 page 1");

  const underProd = await get("look", "/__preview__/fix-menu/guide?a=1");
  expect([underProd.status, underProd.headers.get("Location")]).toEqual([
    307,
    `//look--fix-menu.${server.domain}/guide?a=1`,
  ]);
  await client.call("DELETE", "/previews/fix-menu?project=look");
  expect(await read("look--fix-menu")).toBe("404 No site here");
});

test("a preview is gone when its time is over, while it is being read", async () => {
  const { image_id } = await client.deploy("brief", { "index.html": "page" }, "prod");
  await client.preview("brief", image_id, "now", 60);
  // A minute is the shortest life the API gives; the file that says so is what the edge follows.
  const path = join(server.data, "previews/brief/now.json");
  const record = JSON.parse(await readFile(path, "utf8")) as object;
  const expiresMs = Date.now() + 1000;
  await writeFile(path, JSON.stringify({ ...record, expires_at: new Date(expiresMs).toISOString() }));
  expect(await read("brief--now")).toBe("200 page");
  await waitUntil("the preview has expired", async () => (await get("brief--now")).status === 410);
  expect(Date.now()).toBeWithin(expiresMs, expiresMs + 2000);
  expect(await read("brief--now")).toBe("410 Preview expired");
  expect(await read("brief")).toBe("200 page");
});

test("a page opened before a deploy finds its hashed files for a while, and other files at once no more", async () => {
  const asset = "/assets/app-DiwrgTda.js";
  await client.deploy("bundle", { "index.html": "old", [asset.slice(1)]: "old()", "plain.css": "old" }, "prod");
  await client.deploy("bundle", { "index.html": "new", "assets/app-BqAu6D3v.js": "new()" }, "prod");
  expect(await read("bundle")).toBe("200 new");
  const survivor = await get("bundle", asset);
  expect([survivor.status, await survivor.text()]).toEqual([200, "old()"]);
  expect(survivor.headers.get("Cache-Control")).toContain("immutable");
  expect((await get("bundle", "/plain.css")).status).toBe(404);
  expect((await get("bundle--v2", asset)).status).toBe(404);
  await waitUntil("the old file has expired", async () => (await get("bundle", asset)).status === 404);
  expect(await read("bundle", "/assets/app-BqAu6D3v.js")).toBe("200 new()");
});

test("a renamed site answers at its new name and redirects from every old address", async () => {
  const { image_id } = await client.deploy("before", { "index.html": "page" }, "prod");
  await client.release("before", "beta");
  await client.preview("before", image_id, "look");
  expect(await read("before")).toBe("200 page");
  await client.call("PUT", "/domains/rename?project=before", { new_subdomain: "after" });
  for (const suffix of ["", "-beta", "--look", "--v1"]) {
    expect(await read(`after${suffix}`)).toBe("200 page");
    const old = await get(`before${suffix}`, "/guide?a=1");
    expect([old.status, old.headers.get("Location")]).toEqual([308, `//after${suffix}.${server.domain}/guide?a=1`]);
  }
  const withPort = await fetchHost(server, `before.${server.domain}:8080`, "/");
  expect(withPort.headers.get("Location")).toBe(`//after.${server.domain}:8080/`);
  await client.deploy("before", { "index.html": "page 2" }, "prod");
  expect(await read("after")).toBe("200 page 2");
  const refusal = await client.call("PUT", "/domains/rename?project=docs", { new_subdomain: "before" }).catch((e) => e);
  expect(refusal).toMatchObject({ status: 409 });
});

test("a deleted site is nowhere until it is restored, and then answers everywhere as before", async () => {
  const { image_id } = await client.deploy("back", {
    "index.html": "page",
    _redirects: "/old /new 301\n",
    _headers: "/*\n  X-Mine: yes\n",
  });
  await client.release("back", "prod");
  await client.release("back", "beta");
  await client.preview("back", image_id, "look");
  await client.call("PUT", "/access", { project: "back", environment: "beta", password: "a long password" });
  await client.call("PUT", "/domains/rename?project=back", { new_subdomain: "returned" });
  const addresses = ["back", "returned", "returned-beta", "returned--look", "returned--v1"];
  const seen = async () => {
    const all = addresses.flatMap((label) =>
      ["/", "/old", "/nothing"].map(async (path) => {
        const { status, headers } = await get(label, path, { redirect: "manual" });
        const told = ["location", "etag", "x-mine"].map((name) => headers.get(name));
        return [label, path, status, ...told, await read(label, path)];
      }),
    );
    return await Promise.all(all);
  };
  const before = await seen();
  expect(before.map(([, , status]) => status).slice(0, 7)).toEqual([308, 308, 308, 200, 301, 200, 401]);
  await client.call("DELETE", "/projects/back");
  expect((await seen()).map(([, , status]) => status)).toEqual(before.map(() => 404));
  await client.call("POST", "/bin/back/restore");
  expect(await seen()).toEqual(before);
});

test("a site that is deleted for good is nowhere, and its name is free", async () => {
  const { image_id } = await client.deploy("brief2", { "index.html": "page" }, "prod");
  await client.preview("brief2", image_id, "look");
  expect(await read("brief2")).toBe("200 page");
  await client.call("DELETE", "/projects/brief2?for_good=true");
  for (const label of ["brief2", "brief2-beta", "brief2--look", "brief2--v1"]) {
    expect(await read(label)).toBe("404 No site here");
  }
  expect(await client.call("GET", "/subdomain/check?subdomain=brief2")).toEqual({ available: true });
  expect(await client.deploy("brief2", { "index.html": "another" }, "prod")).toMatchObject({ version: "v1" });
  expect(await read("brief2")).toBe("200 another");
});

test("a pointer that another process moved is followed after a few seconds", async () => {
  await client.deploy("moved", { "index.html": "page 1" }, "prod");
  await client.deploy("moved", { "index.html": "page 2" }, "beta");
  expect(await read("moved")).toBe("200 page 1");
  const refs = join(server.data, "refs/moved");
  const beta = await readFile(join(refs, "beta.json"), "utf8");
  await writeFile(join(refs, "prod.json"), beta.replace('"environment":"beta"', '"environment":"prod"'));
  await waitUntil("the edge follows", async () => (await read("moved")) === "200 page 2", {
    timeoutMs: POINTER_AGE_LIMIT_MS,
  });
});

test("all of a site is there after a restart", async () => {
  await using folder = await temporaryFolder();
  await using first = await startServer({ data: folder.path });
  const { token } = await register(first.url);
  const own = deployClient({ endpoint: first.url, token });
  const { image_id } = await own.deploy("kept", { "index.html": "page", "a/b.css": "body{}" }, "prod");
  await own.preview("kept", image_id, "look");
  await first.stop();
  await using second = await startServer({ data: folder.path });
  for (const label of ["kept", "kept--look", "kept--v1"]) {
    const response = await fetchHost(second, `${label}.${second.domain}`, "/a/b.css");
    expect([response.status, await response.text()]).toEqual([200, "body{}"]);
  }
  const again = deployClient({ endpoint: second.url, token });
  const plan = await again.plan("kept", { "index.html": "page", "a/b.css": "body{}" });
  expect(plan.missing).toEqual([]);
});
