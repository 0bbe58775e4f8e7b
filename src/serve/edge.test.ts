import { beforeEach, describe, expect, test } from "bun:test";
import { type Digest, previewKey, refKey } from "#model";
import { createWorld, DOMAIN, type World } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;
let world: World;

beforeEach(() => {
  world = createWorld();
});

function release(files: Record<string, string>): Digest {
  const manifest = world.store(files);
  world.point("docs", "prod", manifest);
  return manifest;
}

describe("a file", () => {
  test("comes with its type, tag and caching", async () => {
    release({ "index.html": "<p>hi", "assets/index-DiwrgTda.js": "1" });
    const page = await world.get(`${SITE}/`);
    expect(await page.text()).toBe("<p>hi");
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "public, max-age=0, must-revalidate",
      "x-content-type-options": "nosniff",
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect(page.headers.has("x-robots-tag")).toBe(false);
    const asset = await world.get(`${SITE}/assets/index-DiwrgTda.js`);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  test("is found by any spelling of its path, and by no other path's spelling", async () => {
    release({ "a b.txt": "space", "a%20b.txt": "percent", "é+@(1).txt": "odd" });
    for (const [path, text] of [
      ["a%20b.txt", "space"],
      ["%61%20b.txt", "space"],
      ["a%2520b.txt", "percent"],
      ["%c3%a9+@(1).txt", "odd"],
      ["%C3%A9%2B%40%281%29.txt", "odd"],
      ["a%20b.txt", "space"],
    ]) {
      expect(await (await world.get(`${SITE}/${path}`)).text()).toBe(text!);
    }
  });

  test("is answered at once, and without reading, once it is known", async () => {
    release({ "index.html": "hi", "404.html": "no" });
    const url = `${SITE}/deep/path`;
    await world.get(url);
    world.reads.length = 0;
    const answer = world.edge.fetch(new Request(url, { headers: { Host: `docs.${DOMAIN}` } }));
    expect(answer).toBeInstanceOf(Response);
    expect(world.reads).toEqual([]);
  });

  test("that is gone from the store is a logged 503", async () => {
    release({ "index.html": "hi" });
    world.blobs.clear();
    const response = await world.get(`${SITE}/`);
    expect(response.status).toBe(503);
    expect(world.logged).toHaveLength(1);
  });

  test("that is cut short in the store is never sent", async () => {
    for (const size of [10, 100_000]) {
      release({ "index.html": "x".repeat(size) });
      world.edge.forget(refKey("docs", "prod"));
      for (const digest of world.blobs.keys()) world.blobs.set(digest, new Uint8Array(size - 1));
      expect((await world.get(`${SITE}/`)).status).toBe(503);
    }
  });

  test("is not looked for in a pod whose manifest is gone", async () => {
    world.point("docs", "prod", "0".repeat(64) as Digest);
    expect((await world.get(`${SITE}/`)).status).toBe(503);
  });
});

describe("a path", () => {
  test("of a folder without its slash is redirected, with its query", async () => {
    release({ "docs/index.html": "hi" });
    const response = await world.get(`${SITE}/docs?a=1`);
    expect([response.status, response.headers.get("location")]).toEqual([307, "/docs/?a=1"]);
  });

  test("that is missing gets the site's page, uncached and without a tag", async () => {
    release({ "404.html": "custom" });
    const response = await world.get(`${SITE}/nope.js`, { "If-None-Match": "*", Range: "bytes=0-1" });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe("custom");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.has("etag")).toBe(false);
  });

  test("that is missing in a site without a 404 page gets a plain one", async () => {
    release({ "index.html": "app" });
    const asset = await world.get(`${SITE}/assets/old.js`);
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([404, "no-store"]);
    expect(await (await world.get(`${SITE}/users/7`)).text()).toBe("app");
  });

  test.each(["//evil.example", "//evil.example/docs", "/docs//", "/%2f%2fevil.example/docs"])(
    "like %s never redirects",
    async (path) => {
      release({ "docs/index.html": "hi", "evil.example/index.html": "hi" });
      const response = await world.get(SITE + path);
      expect([response.status, response.headers.get("location")]).toEqual([404, null]);
    },
  );

  test.each(["/%00", "/%zz", "/%ff"])("like %s is malformed", async (path) => {
    release({ "404.html": "custom" });
    expect((await world.get(SITE + path)).status).toBe(400);
  });
});

test.each(["POST", "PUT", "DELETE", "PATCH"])("%s is not allowed", async (method) => {
  release({ "index.html": "hi" });
  const response = await world.get(`${SITE}/`, {}, method);
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

describe("a host", () => {
  test("of nobody gets a page that says what to check", async () => {
    for (const host of ["nobody", "www", "docs--v9", "docs--gone", "a.b"]) {
      const response = await world.get(`http://${host}.${DOMAIN}/`);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain("No site answers at this name");
    }
  });

  test("of a site whose environment is empty says so", async () => {
    world.claims.set("docs", { label: "docs", site: "docs", site_id: "1", workspace_id: "1", created_at: "" });
    expect(await (await world.get(`http://docs-beta.${DOMAIN}/`)).text()).toContain("nothing has been released");
  });

  test("of a renamed site leads to its new name, with port, path and query", async () => {
    const claim = { label: "docs", site: "docs", site_id: "1", workspace_id: "1", created_at: "", moved_to: "manual" };
    world.claims.set("docs", claim);
    for (const [from, to] of [
      ["docs", "manual"],
      ["docs-beta", "manual-beta"],
      ["docs--v3", "manual--v3"],
      ["docs--fix", "manual--fix"],
    ]) {
      const response = await world.get(`http://${from}.${DOMAIN}:81/a?b=1`);
      expect(response.status).toBe(308);
      expect(response.headers.get("location")).toBe(`//${to}.${DOMAIN}:81/a?b=1`);
    }
  });

  test("of a release serves it for ever, unlisted", async () => {
    const manifest = world.store({ "index.html": "v3" });
    const record = { site: "docs", site_id: "1", workspace_id: "1", image: "img_1", created_at: "", created_by: "" };
    const sizes = { files_count: 1, total_size: 2 };
    world.claims.set("docs", { label: "docs", site: "docs", site_id: "1", workspace_id: "1", created_at: "" });
    world.releases.set("docs 3", { version: 3, manifest, ...record, ...sizes, trigger: "cli" });
    const response = await world.get(`http://docs--v3.${DOMAIN}/`);
    expect(await response.text()).toBe("v3");
    expect(response.headers.get("x-robots-tag")).toBe("noindex");
  });

  test("of a release that its site did not keep is gone, and of one that never was is nowhere", async () => {
    const claim = { label: "docs", site: "docs", site_id: "1", workspace_id: "1", created_at: "" };
    world.claims.set("docs", { ...claim, removed_to: 3 });
    for (const [version, status, title] of [
      ["v3", 410, "Release removed"],
      ["v4", 404, "No site here"],
    ] as const) {
      const response = await world.get(`http://docs--${version}.${DOMAIN}/`);
      expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(title)]);
    }
    world.claims.set("docs", { ...claim, removed_to: 3, moved_to: "manual" });
    world.nowMs += 6000;
    expect((await world.get(`http://docs--v3.${DOMAIN}/`)).status).toBe(308);
  });

  test("of beta serves it apart from prod, unlisted", async () => {
    world.point("docs", "beta", release({ "index.html": "same" }));
    const beta = await world.get(`http://docs-beta.${DOMAIN}/`);
    const prod = await world.get(`${SITE}/`);
    expect([beta.headers.get("x-robots-tag"), prod.headers.get("x-robots-tag")]).toEqual(["noindex", null]);
  });

  test("of somebody's own leads to the environment that its record names", async () => {
    release({ "index.html": "mine" });
    world.mount("example.com", { path: "/", label: "docs", environment: "prod" });
    expect(await (await world.get("http://EXAMPLE.com/")).text()).toBe("mine");
    expect((await world.get("http://other.com/")).status).toBe(404);
  });

  test.each(["a b", "a, b", "docs.sitepod.test/x", ""])("like %p is refused", async (host) => {
    const response = await world.get(`${SITE}/`, { Host: host });
    expect([response.status, response.headers.get("cache-control")]).toEqual([400, "no-store"]);
  });
});

describe("a preview", () => {
  beforeEach(() => {
    world.previews.set("docs fix", {
      site: "docs",
      slug: "fix",
      release: 1,
      image: "img_1",
      manifest: world.store({ "index.html": "preview" }),
      created_at: "",
      expires_at: new Date(world.nowMs + 1000).toISOString(),
    });
  });

  test("is served unlisted until the moment it expires", async () => {
    const url = `http://docs--fix.${DOMAIN}/`;
    const response = await world.get(url);
    expect([response.status, response.headers.get("x-robots-tag")]).toEqual([200, "noindex"]);
    world.nowMs += 999;
    expect((await world.get(url)).status).toBe(200);
    world.nowMs += 1;
    expect((await world.get(url)).status).toBe(410);
  });

  test("is reached under the prod host by a redirect to its own", async () => {
    release({ "index.html": "prod" });
    for (const [path, location] of [
      ["/__preview__/fix/a?b=1", `//docs--fix.${DOMAIN}/a?b=1`],
      ["/__preview__/fix", `//docs--fix.${DOMAIN}/`],
    ]) {
      const response = await world.get(SITE + path);
      expect([response.status, response.headers.get("location")]).toEqual([307, location!]);
    }
    expect((await world.get(`${SITE}/__preview__/v3/x.js`)).status).toBe(404);
    expect((await world.get(`${SITE}/__preview__/a.evil.com/x.js`)).status).toBe(404);
  });

  test("that is made or removed is seen as soon as its key is forgotten", async () => {
    const url = `http://docs--fix.${DOMAIN}/`;
    expect((await world.get(url)).status).toBe(200);
    world.previews.clear();
    world.edge.forget(previewKey("docs", "fix"));
    expect((await world.get(url)).status).toBe(404);
  });
});

describe("a hashed asset of an earlier release", () => {
  const old = "assets/index-DiwrgTda.js";
  const survive = (ms: number) => ({
    manifest: world.store({ [old]: "old", "gone.html": "old" }),
    expires_at: new Date(world.nowMs + ms).toISOString(),
  });

  test("is served until it expires, other files are not", async () => {
    world.point("docs", "prod", world.store({ "404.html": "no" }), [survive(1000)]);
    const response = await world.get(`${SITE}/${old}`);
    expect([response.status, await response.text()]).toEqual([200, "old"]);
    expect((await world.get(`${SITE}/gone.html`)).status).toBe(404);
    world.nowMs += 1000;
    expect((await world.get(`${SITE}/${old}`)).status).toBe(404);
  });

  test("gives way to the current release's", async () => {
    world.point("docs", "prod", world.store({ [old]: "new" }), [survive(1000)]);
    expect(await (await world.get(`${SITE}/${old}`)).text()).toBe("new");
  });

  test("is a 404 where the earlier release cannot be read", async () => {
    const unreadable = { ...survive(1000), manifest: "0".repeat(64) as Digest };
    world.point("docs", "prod", world.store({ "404.html": "no" }), [unreadable]);
    expect((await world.get(`${SITE}/${old}`)).status).toBe(404);
    expect(world.logged).toHaveLength(1);
  });
});
