import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type EdgeServer, startEdge } from "../harness/edge-server.ts";
import { fetchHost } from "../harness/tenant.ts";

// Custom domains over HTTP: host × path × cookie → status, Location, body.

let server: EdgeServer;

beforeAll(async () => {
  server = startEdge();
  await server.release("shop", "prod", {
    "index.html": "shop",
    "blogger.html": "shop blogger",
    "docs/index.html": "shop docs",
    "404.html": "shop 404",
  });
  await server.release("shop", "beta", { "index.html": "shop beta" });
  await server.release("blog", "prod", {
    "index.html": "blog",
    "about.html": "blog about",
    "posts/index.html": "blog posts",
    "404.html": "blog 404",
  });
  await server.release("blog", "beta", { "index.html": "blog beta", "404.html": "blog beta 404" });
  await server.release("archive", "prod", { "index.html": "archive" });
  await server.preview("blog", "menu", { "index.html": "blog menu" }, Date.now() + 60_000);
  await server.preview("blog", "over", { "index.html": "blog over" }, Date.now() - 1);
  await server.release("moved", "prod", { "index.html": "moved" });

  const prod = (path: string, label: string) => ({ path, label, environment: "prod" }) as const;
  const hosts = {
    "shop.example": [prod("/", "shop")],
    "other-shop.example": [prod("/", "shop")],
    "beta.shop.example": [{ path: "/", label: "shop", environment: "beta" } as const],
    "mixed.example": [prod("/", "shop"), prod("/blog", "blog"), prod("/blog/old", "archive")],
    "paths.example": [prod("/blog", "blog"), prod("/a.b", "archive")],
    "*.wild.example": [prod("/", "blog")],
    "exact.wild.example": [prod("/", "shop")],
    "old.example": [prod("/", "before")],
    "empty.example": [prod("/", "nobody")],
  };
  for (const [hostname, mounts] of Object.entries(hosts)) await server.writeHost({ hostname, mounts });
  await server.writeHost({ hostname: "www.shop.example", mounts: [prod("/", "shop")], redirect_to: "shop.example" });
  const claim = { site: "moved", site_id: "site_1", workspace_id: "ws_1", created_at: new Date().toISOString() };
  await server.records.createClaim({ ...claim, label: "before", moved_to: "moved" });
});
afterAll(() => {
  server[Symbol.dispose]();
  expect(server.logged).toEqual([]);
});

const get = (host: string, path: string, cookie?: string, method = "GET") =>
  fetchHost(server, host, path, { method, ...(cookie === undefined ? {} : { headers: { Cookie: cookie } }) });

describe("a host", () => {
  test.each([
    ["shop.example", "/", 200, "shop"],
    ["SHOP.Example", "/", 200, "shop"],
    ["shop.example.", "/", 200, "shop"],
    ["shop.example:8443", "/", 200, "shop"],
    ["shop.example", "/nothing", 404, "shop 404"],
    ["other-shop.example", "/", 200, "shop"],
    ["beta.shop.example", "/", 200, "shop beta"],
    ["sub.shop.example", "/", 404, "No site here"],
    ["example", "/", 404, "No site here"],
    ["unknown.example", "/", 404, "No site here"],
    ["evilshop.example", "/", 404, "No site here"],
    ["shop.example.evil.test", "/", 404, "No site here"],
    ["a.wild.example", "/", 200, "blog"],
    ["A.Wild.Example", "/", 200, "blog"],
    ["_.wild.example", "/", 200, "blog"],
    ["exact.wild.example", "/", 200, "shop"],
    ["a.b.wild.example", "/", 404, "No site here"],
    ["a.exact.wild.example", "/", 404, "No site here"],
    ["wild.example", "/", 404, "No site here"],
    ["old.example", "/", 200, "moved"],
    ["empty.example", "/", 404, "No site here"],
    ["*.wild.example", "/", 400, "exactly one host"],
    ["shop.example, mixed.example", "/", 400, "exactly one host"],
  ])("%s%s is %d %s", async (host, path, status, body) => {
    const response = await get(host, path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
  });

  test.each([
    ["/", "//shop.example/"],
    ["/a/b.html?x=1&y=%20", "//shop.example/a/b.html?x=1&y=%20"],
    ["/a//evil.test/x", "//shop.example/a//evil.test/x"],
    ["/?env=beta", "//shop.example/?env=beta"],
  ])("that redirects keeps %s", async (path, location) => {
    const response = await get("www.shop.example", path);
    expect([response.status, response.headers.get("location")]).toEqual([308, location]);
  });

  test("that redirects keeps the port", async () => {
    const response = await get("www.shop.example:8443", "/");
    expect(response.headers.get("location")).toBe("//shop.example:8443/");
  });
});

describe("a path", () => {
  test.each([
    ["mixed.example", "/", 200, "shop"],
    ["mixed.example", "/docs/", 200, "shop docs"],
    ["mixed.example", "/blogger", 200, "shop blogger"],
    ["mixed.example", "/blogger.html", 307, ""],
    ["mixed.example", "/Blog/", 404, "shop 404"],
    ["mixed.example", "/%62log/", 404, "shop 404"],
    ["mixed.example", "/blog/", 200, "blog"],
    ["mixed.example", "/blog/about", 200, "blog about"],
    ["mixed.example", "/blog/posts/", 200, "blog posts"],
    ["mixed.example", "/blog/nothing", 404, "blog 404"],
    ["mixed.example", "/blog/older", 404, "blog 404"],
    ["mixed.example", "/blog/old/", 200, "archive"],
    ["mixed.example", "/blog/%zz", 400, "not well formed"],
    ["mixed.example", "/blog//evil.test", 404, "blog 404"],
    ["mixed.example", "/blog/%2e%2e/", 200, "shop"],
    ["mixed.example", "/blog/..%2findex.html", 404, "blog 404"],
    ["paths.example", "/", 404, "No site here"],
    ["paths.example", "/blogger", 404, "No site here"],
    ["paths.example", "/blog/", 200, "blog"],
    ["paths.example", "/a.b/", 200, "archive"],
    ["paths.example", "/aXb/", 404, "No site here"],
  ])("%s%s is %d %s", async (host, path, status, body) => {
    const response = await get(host, path);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
  });

  test.each([
    ["/blog", "/blog/"],
    ["/blog?x=1", "/blog/?x=1"],
    ["/blog/old", "/blog/old/"],
    ["/blog/posts", "/blog/posts/"],
    ["/blog/about.html?x=1", "/blog/about?x=1"],
    ["/blog/__preview__/menu/x?y", "//blog--menu.sitepod.test/x?y"],
    ["/docs", "/docs/"],
  ])("mixed.example%s leads to %s", async (path, location) => {
    const response = await get("mixed.example", path);
    expect([response.status, response.headers.get("location")]).toEqual([307, location]);
  });

  test("takes HEAD and refuses to be written to", async () => {
    const head = await get("mixed.example", "/blog/", undefined, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "4", ""]);
    expect((await get("mixed.example", "/blog/", undefined, "POST")).status).toBe(405);
  });

  test("answers conditions and ranges as the site's own name does", async () => {
    const { headers } = await get("mixed.example", "/blog/");
    const etag = headers.get("etag")!;
    const same = await fetchHost(server, "mixed.example", "/blog/", { headers: { "If-None-Match": etag } });
    expect([same.status, same.headers.get("vary")]).toEqual([304, headers.get("vary")]);
    const part = await fetchHost(server, "mixed.example", "/blog/", { headers: { Range: "bytes=1-2" } });
    expect([part.status, await part.text()]).toEqual([206, "lo"]);
  });
});

describe("choosing what is seen below a path", () => {
  test.each([
    ["/blog/?env=beta", "/blog/", "sitepod_view=/blog:env=beta; Path=/blog/; HttpOnly; SameSite=Lax"],
    [
      "/blog/x/y?a=1&env=beta&b=2",
      "/blog/x/y?a=1&b=2",
      "sitepod_view=/blog:env=beta; Path=/blog/; HttpOnly; SameSite=Lax",
    ],
    ["/blog/?preview=menu", "/blog/", "sitepod_view=/blog:preview=menu; Path=/blog/; HttpOnly; SameSite=Lax"],
    ["/blog/?env=prod", "/blog/", "sitepod_view=; Path=/blog/; HttpOnly; SameSite=Lax; Max-Age=0"],
    ["/blog/old/?env=beta", "/blog/old/", "sitepod_view=/blog/old:env=beta; Path=/blog/old/; HttpOnly; SameSite=Lax"],
    [
      "/blog//evil.test?env=beta",
      "/blog//evil.test",
      "sitepod_view=/blog:env=beta; Path=/blog/; HttpOnly; SameSite=Lax",
    ],
  ])("%s leads to %s and sets a cookie", async (path, location, cookie) => {
    const { status, headers } = await get("mixed.example", path);
    expect([status, headers.get("location"), headers.getSetCookie()]).toEqual([307, location, [cookie]]);
    expect(headers.get("cache-control")).toBe("private, no-store");
  });

  test.each([
    ["/blog/", "sitepod_view=/blog:env=beta", 200, "blog beta"],
    ["/blog/nothing", "sitepod_view=/blog:env=beta", 404, "blog beta 404"],
    ["/blog/", "a=b; sitepod_view=/blog:preview=menu; c=d", 200, "blog menu"],
    ["/blog/", "sitepod_view=/blog/old:env=beta", 200, "blog"],
    ["/blog/", "sitepod_view=/blog:env=staging", 200, "blog"],
    ["/blog/", "sitepod_view=/blog:preview=../shop", 200, "blog"],
    ["/blog/", "sitepod_view=/blog:preview=v1", 200, "blog"],
    ["/blog/old/", "sitepod_view=/blog:env=beta", 200, "archive"],
    ["/", "sitepod_view=/:env=beta", 200, "shop"],
    ["/", "sitepod_view=/blog:env=beta", 200, "shop"],
  ])("%s with %s is %d %s", async (path, cookie, status, body) => {
    const response = await get("mixed.example", path, cookie);
    expect(response.status).toBe(status);
    expect((await response.text()).trim()).toBe(body);
  });

  test.each([
    ["over", 410, "Preview expired"],
    ["gone", 404, "No site here"],
  ])("a preview that is %s is told once, and then forgotten", async (slug, status, body) => {
    const response = await get("mixed.example", "/blog/", `sitepod_view=/blog:preview=${slug}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(body);
    expect(response.headers.getSetCookie()).toEqual(["sitepod_view=; Path=/blog/; HttpOnly; SameSite=Lax; Max-Age=0"]);
  });

  test("is kept from caches, and from search engines", async () => {
    const chosen = (await get("mixed.example", "/blog/", "sitepod_view=/blog:env=beta")).headers;
    expect([chosen.get("cache-control"), chosen.get("x-robots-tag")]).toEqual(["private, no-store", "noindex"]);
    const plain = (await get("mixed.example", "/blog/")).headers;
    expect([plain.get("cache-control"), plain.get("x-robots-tag")]).toEqual([
      "public, max-age=0, must-revalidate",
      null,
    ]);
    for (const headers of [chosen, plain]) expect(headers.get("vary")).toContain("Cookie");
    expect((await get("mixed.example", "/")).headers.get("vary") ?? "").not.toContain("Cookie");
  });

  test.each([
    ["mixed.example", "/blog/?env=staging"],
    ["mixed.example", "/blog/?preview="],
    ["mixed.example", "/blog/?preview=v3"],
    ["mixed.example", "/?env=beta"],
    ["shop.example", "/?preview=menu"],
  ])("%s%s chooses nothing", async (host, path) => {
    const { status, headers } = await get(host, path);
    expect([status, headers.getSetCookie()]).toEqual([200, []]);
  });
});

test.each([
  ["late.example", "late.example"],
  ["any.late.example", "*.late.example"],
])("a change at %s by %s is seen at once", async (host, hostname) => {
  expect((await get(host, "/")).status).toBe(404);
  await server.writeHost({ hostname, mounts: [{ path: "/", label: "shop", environment: "prod" }] });
  expect((await get(host, "/")).status).toBe(200);
  await server.records.removeHost(hostname);
  expect((await get(host, "/")).status).toBe(404);
});
