import { beforeEach, describe, expect, test } from "bun:test";
import { claimKey, refKey } from "#model";
import { MAX_POINTER_AGE_MS } from "./host.ts";
import { PATIENCE_MS } from "./patience.ts";
import { createWorld, DOMAIN, type World } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;
let world: World;

beforeEach(() => {
  world = createWorld();
});

const release = (files: Record<string, string>) => world.point("docs", "prod", world.store(files));

describe("a move of the pointer", () => {
  const read = async () => await (await world.get(`${SITE}/`)).text();

  test("is seen at once when the key is forgotten, after 5 s otherwise", async () => {
    release({ "index.html": "one" });
    expect(await read()).toBe("one");
    release({ "index.html": "two" });
    world.nowMs += 4999;
    expect(await read()).toBe("one");
    world.nowMs += 1;
    expect(await read()).toBe("two");
    release({ "index.html": "three" });
    world.edge.forget(refKey("docs", "prod"));
    expect(await read()).toBe("three");
  });

  test("is seen by a custom domain too", async () => {
    release({ "index.html": "one" });
    world.mount("example.com", { path: "/", label: "docs", environment: "prod" });
    await world.get("http://example.com/");
    release({ "index.html": "two" });
    world.edge.forget(refKey("docs", "prod"));
    expect(await (await world.get("http://example.com/")).text()).toBe("two");
  });

  test("is not undone by a reading that began before it", async () => {
    release({ "index.html": "one" });
    const { reached, letGo } = world.holdNextRead();
    const before = read();
    await reached;
    release({ "index.html": "two" });
    world.edge.forget(refKey("docs", "prod"));
    expect(await read()).toBe("two");
    letGo();
    await before;
    expect(await read()).toBe("two");
  });

  test("ends a site when the pointer is taken away", async () => {
    release({ "index.html": "one" });
    await read();
    world.unpoint("docs", "prod");
    world.edge.forget(refKey("docs", "prod"));
    expect((await world.get(`${SITE}/`)).status).toBe(404);
  });

  test("is read once for all who ask together, and for nobody in the next 5 s, absent or not", async () => {
    for (const label of ["docs", "nobody"]) {
      release({ "index.html": "one" });
      world.reads.length = 0;
      const url = `http://${label}.${DOMAIN}/`;
      await Promise.all(Array.from({ length: 10 }, () => world.get(url)));
      await world.get(url);
      expect(world.reads.filter((key) => key === refKey(label, "prod"))).toHaveLength(1);
    }
  });
});

describe("a site in the bin", () => {
  const now = () => new Date(world.nowMs).toISOString();
  const of = { site: "docs", site_id: "site_1", workspace_id: "ws_1" };
  const claim = (more: object) => ({ ...of, label: "docs", created_at: now(), ...more });
  const put = (more: object) => {
    world.claims.set("docs", claim(more));
    world.edge.forget(claimKey("docs"));
  };
  const addresses = ["docs", "docs-beta", "docs--look", "docs--v1", "old"].map((label) => `http://${label}.${DOMAIN}/`);
  const statuses = async () => {
    const all = [...addresses, "http://example.com/"].map(async (url) => (await world.get(url)).status);
    return await Promise.all(all);
  };

  beforeEach(() => {
    const manifest = world.store({ "index.html": "kept" });
    for (const environment of ["prod", "beta"] as const) world.point("docs", environment, manifest);
    const pod = { manifest, image: "img_1", created_at: now() };
    const counts = { version: 1, created_by: "ann", trigger: "cli", files_count: 1, total_size: 4 } as const;
    world.releases.set("docs 1", { ...of, ...pod, ...counts });
    const expires_at = new Date(world.nowMs + 60_000).toISOString();
    world.previews.set("docs look", { ...pod, site: "docs", slug: "look", release: 1, expires_at });
    world.claims.set("old", { ...claim({ moved_to: "docs" }), label: "old" });
    world.mount("example.com", { path: "/", label: "docs", environment: "prod" });
  });

  test("is at none of its addresses, from when its claim says so, and at all of them again when it says so no more", async () => {
    put({});
    expect(await statuses()).toEqual([200, 200, 200, 200, 308, 200]);
    put({ deleted_at: now() });
    expect(await statuses()).toEqual([404, 404, 404, 404, 404, 404]);
    put({});
    expect(await statuses()).toEqual([200, 200, 200, 200, 308, 200]);
  });

  test("says nothing of what retention has removed", async () => {
    put({ removed_to: 3 });
    const status = async () => (await world.get(`http://docs--v3.${DOMAIN}/`)).status;
    expect(await status()).toBe(410);
    put({ removed_to: 3, deleted_at: now() });
    expect(await status()).toBe(404);
  });

  test("is not taken for one whose claim is damaged, which is served on", async () => {
    world.damagedClaims.add("docs");
    expect(await (await world.get(`${SITE}/`)).text()).toBe("kept");
    expect((await world.get(`http://docs--look.${DOMAIN}/`)).status).toBe(200);
  });
});

describe("while the store is broken", () => {
  test("what was known is served on", async () => {
    release({ "index.html": "known" });
    await world.get(`${SITE}/`);
    world.isBroken = true;
    world.nowMs += 60_000;
    expect(await (await world.get(`${SITE}/`)).text()).toBe("known");
    expect(world.logged).toHaveLength(1);
    world.isBroken = false;
    release({ "index.html": "new" });
    world.nowMs += 5000;
    expect(await (await world.get(`${SITE}/`)).text()).toBe("new");
  });

  test("what was not known is a 503 that says when to come back", async () => {
    release({ "index.html": "unknown" });
    world.isBroken = true;
    const response = await world.get(`${SITE}/`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    world.isBroken = false;
    expect((await world.get(`${SITE}/`)).status).toBe(200);
  });
});

describe("names that anybody can make up", () => {
  test.each([
    ["that lead nowhere are bounded", (i: number) => `a${i}.example.org`, 10_000],
    ["under a wildcard are bounded", (i: number) => `a${i}.example.com`, 10_000],
    ["that no site can have are one", (i: number) => `a.a${i}.${DOMAIN}`, 1],
    ["that are none are one", (i: number) => `a..a${i}.${DOMAIN}`, 1],
    ["by another port are the host itself", (i: number) => `example.com:${i}`, 0],
  ])("%s, and drive out no site", async (_, makeUp, remembered) => {
    release({ "index.html": "mine" });
    world.mount("example.com", { path: "/", label: "docs", environment: "prod" });
    world.mount("*.example.com", { path: "/", label: "docs", environment: "prod" });
    await world.get("http://example.com/");
    const before = world.edge.stats().hosts;
    for (let i = 0; i < 25_000; i++) await world.get("http://x/", { Host: makeUp(i) });
    expect(world.edge.stats().hosts - before).toBe(remembered);
    world.reads.length = 0;
    expect(await (await world.get("http://example.com/")).text()).toBe("mine");
    await world.get("http://x/", { Host: makeUp(24_999) });
    expect(world.reads).toEqual([]);
  });

  test("are looked up under their own name and the wildcard over it, and no further", async () => {
    world.reads.length = 0;
    await world.get("http://a.b.example.com/");
    expect(world.reads).toEqual(["host a.b.example.com", "host *.b.example.com"]);
  });
});

describe("while the store does not answer", () => {
  const read = async () => await (await world.get(`${SITE}/`)).text();

  test("what was last known is served after a second, and at once from then on, until it answers", async () => {
    release({ "index.html": "one" });
    await read();
    world.nowMs += MAX_POINTER_AGE_MS;
    release({ "index.html": "two" });
    const { letGo } = world.holdNextRead();
    const startMs = performance.now();
    expect(await Promise.all([read(), read()])).toEqual(["one", "one"]);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(PATIENCE_MS - 50);
    const againMs = performance.now();
    expect(await read()).toBe("one");
    expect(performance.now() - againMs).toBeLessThan(PATIENCE_MS / 2);
    letGo();
    while ((await read()) !== "two") await Bun.sleep(1);
  });
});

test("where a large file lies is asked for again after 30 s", async () => {
  const large = "x".repeat(100_000);
  release({ "index.html": "small", "film.bin": large });
  world.nowMs += 60_000;
  const status = async (path: string) => (await world.get(`${SITE}/${path}`)).status;
  expect([await status("film.bin"), await status("")]).toEqual([200, 200]);
  world.blobs.clear();
  world.nowMs += 29_999;
  expect(await status("film.bin")).toBe(200);
  world.nowMs += 2;
  expect([await status("film.bin"), await status("")]).toEqual([503, 200]);
});
