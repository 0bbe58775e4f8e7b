import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { hashBytes } from "#store";
import type { Api } from "#wire";
import type { Settings } from "../context.ts";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const restart = (settings: Partial<Settings>) => world.restart(settings);
const quotaOf = async (who: string): Promise<Api.Quota> => (await world.call(who, "GET", "/quota")).body;
const usedBy = async (who: string) => (await quotaOf(who)).used.stored_size;
const setQuota = (who: string, request: Api.QuotaRequest) =>
  world.call("root", "PUT", `/quotas/${encodeURIComponent(`${who}@example.org`)}`, request);
const remove = (who: string, site: string) => world.call(who, "DELETE", `/projects/${site}?for_good=true`);

/** The bytes of all that is stored. */
async function storedBytes(): Promise<number> {
  let total = 0;
  for await (const { size } of world.store.blobs.list()) total += size;
  return total;
}

/** Everything that a deploy could have left behind. */
async function traces(): Promise<unknown> {
  const found: string[] = [];
  for (const prefix of ["sites/", "releases/", "imports/"]) {
    for await (const key of world.store.documents.list(prefix)) found.push(key);
  }
  return { found, stored: await storedBytes(), staged: await world.store.uploads.expire(() => false) };
}
const NOTHING = { found: [], stored: 0, staged: 0 };

const page = (size: number, fill = "a") => ({ "index.html": fill.repeat(size) });

describe("what a workspace holds", () => {
  test("is its contents and manifests, each once, however many releases and sites have them", async () => {
    await world.deploy("ann", "shop", { "a.txt": "the same", "b.txt": "of one" });
    await world.deploy("ann", "shop", { "a.txt": "the same", "b.txt": "of two" });
    await world.deploy("ann", "blog", { "a.txt": "the same", "b.txt": "of one" });
    expect(await usedBy("ann")).toBe(await storedBytes());
    expect((await quotaOf("ann")).used.sites).toBe(2);
  });

  test("ends with its releases, whether or not garbage was collected, and begins again with new ones", async () => {
    await world.deploy("ann", "blog", page(1000, "b"));
    const before = await usedBy("ann");
    await world.deploy("ann", "shop", page(1000));
    const both = await usedBy("ann");
    await remove("ann", "shop");
    expect(await usedBy("ann")).toBe(before);
    // Nothing has to be sent again, and it counts.
    await world.deploy("ann", "shop", page(1000));
    expect(await usedBy("ann")).toBe(both);
  });

  test("is its own alone, where another has the same", async () => {
    await world.deploy("ann", "shop", page(1000));
    await world.deploy("bob", "blog", page(1000));
    expect(await usedBy("bob")).toBe(await usedBy("ann"));
    await remove("ann", "shop");
    await world.call("root", "POST", "/gc");
    expect(await usedBy("ann")).toBe(0);
    expect(await usedBy("bob")).toBe(await storedBytes());
  });

  test("is what its releases have, whatever was deployed, deleted and collected before", async () => {
    const contents = Array.from({ length: 6 }, (_, i) => `${i}`.repeat(100 * (i + 1)));
    let seed = 7;
    const draw = (count: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % count;
    for (let turn = 0; turn < 40; turn++) {
      const site = `site-${draw(3)}`;
      const action = draw(6);
      if (action === 0) await remove("ann", site);
      else if (action === 1) await world.call("root", "POST", "/gc");
      else await world.deploy("ann", site, { "a.txt": contents[draw(6)]!, "b.txt": contents[draw(6)]! });
      if (draw(3) > 0) continue;
      const named = new Map<string, number>();
      for await (const { record } of world.records.releases()) {
        const manifest = (await world.store.blobs.bytes(record.manifest))!;
        named.set(record.manifest, manifest.length);
        const { body } = await world.call("ann", "GET", `/files?project=${record.site}&version=v${record.version}`);
        for (const { hash, size } of body.files) named.set(hash, size);
      }
      expect(await usedBy("ann")).toBe([...named.values()].reduce((sum, size) => sum + size, 0));
    }
  });

  test("ends with what retention removes, which stays in the history", async () => {
    for (const fill of ["a", "b", "c"]) await world.deploy("ann", "shop", page(1000, fill));
    const before = await usedBy("ann");
    await world.call("ann", "PUT", "/projects/shop/retention", { keep_releases: 1 });
    world.nowMs += 2 * 24 * 60 * 60 * 1000;
    await world.call("root", "POST", "/gc");
    expect(await usedBy("ann")).toBe(before / 3);
    expect(await usedBy("ann")).toBe(await storedBytes());
    expect((await world.call("root", "GET", "/quotas")).body.server.used.stored_size).toBe(before / 3);
  });

  test("is known after the database was lost and made anew", async () => {
    await world.deploy("root", "shop", page(1000));
    await world.loseDatabase();
    await world.call("root", "GET", "/projects");
    const { body } = await world.call("root", "GET", "/quotas");
    expect(body.server.used).toEqual({ stored_size: await storedBytes(), sites: 1, deleted_sites: 0 });
  });
});

describe("a workspace that would hold more than it may", () => {
  test("is told so before anything is written: what it holds, what is allowed and what to do", async () => {
    await restart({ maxStoredBytes: 2048 });
    const refused = await world.deploy("ann", "shop", page(3000));
    expect(refused).toMatchObject({ status: 413, body: { error: "too_large" } });
    expect(refused.body.message).toMatch(
      /^The releases of this workspace hold 0 bytes, this adds 3 KiB, and 2 KiB are allowed\. Delete sites that nobody needs /,
    );
    expect(refused.body.message).toContain("ask an administrator of this server for more (SITEPOD_MAX_STORED_SIZE)");
    expect(await traces()).toEqual(NOTHING);
  });

  test("may hold exactly as much, and send again what it has", async () => {
    await world.deploy("ann", "shop", page(1000));
    const maxStoredBytes = await usedBy("ann");
    await restart({ maxStoredBytes });
    expect((await world.deploy("ann", "shop", page(1000))).status).toBe(200);
    expect((await world.deploy("ann", "blog", page(1000))).status).toBe(200);
    expect((await world.deploy("ann", "blog", page(1001))).status).toBe(413);
  });

  test("has room as soon as a site is deleted", async () => {
    await restart({ maxStoredBytes: 1500 });
    await world.deploy("ann", "shop", page(1000));
    expect((await world.deploy("ann", "blog", page(1000, "b"))).status).toBe(413);
    await remove("ann", "shop");
    expect((await world.deploy("ann", "blog", page(1000, "b"))).status).toBe(200);
  });

  test("commits one of two deploys that fit alone", async () => {
    await restart({ maxStoredBytes: 1500 });
    const plans = [];
    for (const [i, fill] of ["a", "b"].entries()) {
      const bytes = new TextEncoder().encode(fill.repeat(1000));
      const file = { path: "index.html", blake3: hashBytes(bytes), size: bytes.length };
      const { body } = await world.call("ann", "POST", "/plan", { project: `site-${i}`, files: [file] });
      await world.call("ann", "POST", `/upload/${body.plan_id}/${file.blake3}`, bytes);
      plans.push(body.plan_id);
    }
    const commits = await Promise.all(plans.map((plan_id) => world.call("ann", "POST", "/commit", { plan_id })));
    expect(commits.map(({ status }) => status).toSorted()).toEqual([200, 413]);
    expect(await usedBy("ann")).toBeLessThanOrEqual(1500);
  });

  test("is told so before an import is sent", async () => {
    await restart({ maxStoredBytes: 2048 });
    const begun = await world.call("ann", "POST", "/imports", { project: "shop", size: 3000 });
    expect(begun).toMatchObject({ status: 413, body: { message: expect.stringContaining("this adds 2.9 KiB") } });
    expect(await traces()).toEqual(NOTHING);
  });
});

describe("a server that would hold more than it may", () => {
  test("says 507, and takes deploys again once anybody has deleted something", async () => {
    await restart({ maxServerStoredBytes: 2500 });
    await world.deploy("ann", "shop", page(1000));
    await world.deploy("bob", "blog", page(1000));
    const refused = await world.deploy("cleo", "docs", page(1000, "c"));
    expect(refused).toMatchObject({ status: 507, body: { error: "storage_full" } });
    expect(refused.body.message).toMatch(
      /^The releases on this server hold 2\.\d KiB, this adds 1\.\d KiB, and 2\.4 KiB/,
    );
    await remove("bob", "blog");
    expect((await world.deploy("cleo", "docs", page(1000, "c"))).status).toBe(200);
  });

  test("has so many sites and no more", async () => {
    await restart({ maxServerSites: 1 });
    await world.deploy("ann", "shop", page(10));
    expect(await world.deploy("bob", "blog", page(10))).toMatchObject({
      status: 507,
      body: { message: expect.stringContaining("This server has 1 sites, and 1 are allowed") },
    });
    expect((await world.deploy("ann", "shop", page(20))).status).toBe(200);
  });
});

describe("an administrator", () => {
  test("sets what one workspace may have, less or more than others, and takes it back", async () => {
    await restart({ maxStoredBytes: 1500, maxFilesPerDeploy: 3 });
    await quotaOf("ann");
    expect((await setQuota("ann", { max_stored_size: 10_000, max_files: 1 })).body).toMatchObject({
      limits: { max_stored_size: 10_000, max_files: 1, max_sites: 100 },
      set: ["max_files", "max_stored_size"],
    });
    expect((await world.deploy("ann", "shop", page(3000))).status).toBe(200);
    expect(await world.deploy("ann", "shop", { "a.txt": "a", "b.txt": "b" })).toMatchObject({
      status: 413,
      body: { message: expect.stringMatching(/^The deploy has 2 files, and this server allows 1\./) },
    });
    expect((await world.deploy("bob", "blog", page(3000))).status).toBe(413);
    await setQuota("ann", { max_files: "default", max_stored_size: "none" });
    expect(await quotaOf("ann")).toMatchObject({
      limits: { max_stored_size: null, max_files: 3 },
      set: ["max_stored_size"],
    });
    expect((await world.deploy("ann", "shop", { "a.txt": "a", "b.txt": "b" })).status).toBe(200);
  });

  test("sees what everybody has, and nobody else does or sets it", async () => {
    await world.deploy("ann", "shop", page(1000));
    await world.deploy("bob", "blog", page(1000));
    const { body } = (await world.call("root", "GET", "/quotas")) as { body: Api.QuotaList };
    const [ann, bob] = ["ann", "bob"].map((who) =>
      body.workspaces.find(({ owner_email: email }) => email === `${who}@example.org`),
    );
    expect(ann!.used).toEqual(bob!.used);
    expect(body.server.used).toEqual({ stored_size: ann!.used.stored_size * 2, sites: 2, deleted_sites: 0 });
    expect((await world.call("ann", "GET", "/quotas")).status).toBe(403);
    expect((await world.call("ann", "PUT", `/quotas/${ann!.workspace}`, { max_sites: 1000 })).status).toBe(403);
  });

  test("is told which of the server's options is in the way, and which workspaces there are", async () => {
    await quotaOf("ann");
    expect(await setQuota("ann", { max_files: 10_001 })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Restart it with a larger SITEPOD_MAX_FILES_PER_DEPLOY") },
    });
    expect(await setQuota("nobody", { max_sites: 1 })).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("sitepod quota list") },
    });
  });

  test("limits sites, which are then no longer those that all may have", async () => {
    await setQuota("ann", { max_sites: 1 });
    await world.deploy("ann", "shop", page(10));
    expect(await world.deploy("ann", "blog", page(10))).toMatchObject({
      status: 413,
      body: {
        message: expect.stringMatching(/^You have 1 sites, and this server allows 1\. Delete one first, or ask /),
      },
    });
  });
});

describe("requests", () => {
  test("of a workspace are so many a minute, and uploads of contents are not among them", async () => {
    await quotaOf("ann");
    await quotaOf("bob");
    await restart({ maxRequestsPerMinute: 8 });
    // Two requests beside the contents.
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.txt`, `${i}`]));
    expect((await world.deploy("ann", "shop", files)).status).toBe(200);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await world.call("ann", "GET", "/projects")).status);
    expect(statuses).toEqual(Array(6).fill(200));
    const refused = await world.call("ann", "GET", "/projects");
    expect(refused).toMatchObject({ status: 429, body: { error: "rate_limited" } });
    expect(refused.body.message).toMatch(
      /^This workspace has made the 8 requests .* Try again in \d+ seconds, or ask /,
    );
    expect((await world.call("bob", "GET", "/projects")).status).toBe(200);
    await world.call("root", "PUT", "/quotas/ann@example.org", { max_requests_per_minute: "none" });
    expect((await world.call("ann", "GET", "/projects")).status).toBe(200);
    await setQuota("ann", { max_requests_per_minute: "default" });
  });

  test("of an account that has given its own workspace up are so many, too", async () => {
    const [{ id }] = (await world.call("cleo", "GET", "/workspaces")).body.workspaces;
    expect((await world.call("cleo", "DELETE", `/workspaces/${id}`)).status).toBe(200);
    await restart({ maxRequestsPerMinute: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) statuses.push((await world.call("cleo", "GET", "/projects")).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});
