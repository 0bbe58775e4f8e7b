import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { BIN_LIFE_MS, claimKey } from "#model";
import { hashBytes } from "#store";
import { BinWorld } from "./test-bin.ts";

/** What is done to a site in the bin and out of it. What is served meanwhile is tested in `src/serve/host.test.ts`. */

const DAY_MS = 24 * 60 * 60 * 1000;
let world: BinWorld;

beforeAll(async () => {
  world = await BinWorld.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

describe("a deleted site", () => {
  test("comes back as it was: its pointers, protection, previews, rules of retention, domains and history", async () => {
    await world.release();
    await world.release("shop", "two");
    const current = (await world.call("ann", "GET", "/current?project=shop&environment=prod")).body;
    await world.call("ann", "POST", "/preview", { project: "shop", image_id: current.image_id, slug: "look" });
    await world.call("ann", "PUT", "/access", { project: "shop", environment: "prod", password: "a long password" });
    await world.call("ann", "PUT", "/guards", { project: "shop", environment: "prod", guard: { kind: "approval" } });
    await world.call("ann", "PUT", "/projects/shop/retention", { keep_releases: 1 });
    await world.addDomain("shop.example.com");
    const tell = async () =>
      await Promise.all(["/history", "/guards"].map((path) => world.call("ann", "GET", `${path}?project=shop`)));
    const [before, told] = [await world.documents(), await tell()];
    expect(JSON.stringify(told)).toContain('"kind":"approval"');

    expect(await world.remove()).toMatchObject({
      status: 200,
      body: {
        message: "shop is deleted. Until 2030-01-08 sitepod restore shop brings it back.",
        restorable_until: "2030-01-08T00:00:00.000Z",
      },
    });
    expect(await world.records.readHost("shop.example.com")).toBeUndefined();
    world.nowMs += 6 * DAY_MS;
    await world.cleanUp();
    expect((await world.call("root", "POST", "/gc")).body).toMatchObject({
      removed_releases: 0,
      deleted_blobs: 0,
      errors: [],
    });

    const domains = [{ domain: "shop.example.com", slug: "/", status: "active" }];
    expect(await world.restore()).toMatchObject({
      status: 200,
      body: { message: "shop is back at https://shop.sites.test.", project: { name: "shop" }, domains },
    });
    expect(await world.documents()).toEqual(before);
    expect(await tell()).toEqual(told);
    expect(await world.events()).toEqual([
      "site.restore by ann",
      "site.delete by ann",
      "site.retention by ann",
      "site.create by ann",
    ]);
  });

  test("is in the bin's list with what would come back, and in no other", async () => {
    await world.release();
    await world.release("blog");
    await world.addDomain("shop.example.com");
    await world.remove("blog");
    world.nowMs += DAY_MS;
    await world.remove();
    expect(await world.sites()).toEqual([]);
    expect(await world.bin()).toMatchObject([
      { name: "blog", deleted_at: "2030-01-01T00:00:00.000Z", releases: 1, domains: [] },
      {
        name: "shop",
        url: "https://shop.sites.test",
        role: "owner",
        deleted_by: "ann@example.org",
        restorable_until: "2030-01-09T00:00:00.000Z",
        domains: [{ domain: "shop.example.com", slug: "/" }],
      },
    ]);
    expect(await world.bin("eve")).toEqual([]);
    expect(await world.bin("root")).toHaveLength(2);
  });

  test("is told to be in the bin to those who may see it, whatever they want of it, and to nobody else", async () => {
    await world.release();
    await world.remove();
    const told =
      "shop was deleted on 2030-01-01, and is in the bin until 2030-01-08. Restore it with sitepod restore shop";
    for (const [method, path, body, status] of [
      ["GET", "/projects/shop", undefined, 404],
      ["DELETE", "/projects/shop", undefined, 404],
      ["POST", "/release", { project: "shop", environment: "prod" }, 404],
      ["PUT", "/domains/rename?project=shop", { new_subdomain: "store" }, 404],
      ["POST", "/imports", { project: "shop" }, 409],
      ["POST", "/plan", { project: "shop", files: [{ path: "a", blake3: "0".repeat(64), size: 1 }] }, 409],
    ] as const) {
      const answer = await world.call("ann", method, path, body);
      expect([path, answer.status, answer.body.message]).toEqual([path, status, expect.stringContaining(told)]);
    }
    const { events } = (await world.call("ann", "GET", "/audit?project=shop&action=site.delete")).body;
    expect(events).toMatchObject([
      { actor: "ann@example.org", after: { restorable_until: "2030-01-08T00:00:00.000Z" } },
    ]);
    expect((await world.deploy("eve", "shop", { "index.html": "eve's" })).body.message).toBe(
      'The name "shop" belongs to somebody else. Choose another name.',
    );
    expect((await world.call("eve", "GET", "/subdomain/check?subdomain=shop")).body.available).toBe(false);
    expect((await world.call("eve", "POST", "/bin/shop/restore")).body).toEqual(
      (await world.call("eve", "GET", "/projects/shop")).body,
    );
  });

  test("takes no commit of a deploy that was under way, and keeps what it has when it comes back", async () => {
    await world.release();
    const bytes = new TextEncoder().encode("late");
    const digest = hashBytes(bytes);
    const files = [{ path: "index.html", blake3: digest, size: bytes.length }];
    const { plan_id } = (await world.call("ann", "POST", "/plan", { project: "shop", files })).body;
    await world.remove();
    const refused = { status: 410, body: { message: expect.stringContaining("shop was deleted meanwhile") } };
    expect(await world.call("ann", "POST", `/upload/${plan_id}/${digest}`, bytes)).toMatchObject(refused);
    expect(await world.call("ann", "POST", "/commit", { plan_id })).toMatchObject(refused);
    await world.restore();
    await world.call("ann", "POST", `/upload/${plan_id}/${digest}`, bytes);
    expect((await world.call("ann", "POST", "/commit", { plan_id })).body).toMatchObject({ version: "v2" });
  });

  test("has its previews expire as ever", async () => {
    await world.release();
    const { image_id } = (await world.call("ann", "GET", "/current?project=shop&environment=prod")).body;
    await world.call("ann", "POST", "/preview", { project: "shop", image_id, slug: "look", expires_in: 3600 });
    world.nowMs += 25 * DAY_MS;
    await world.remove();
    world.nowMs += 6 * DAY_MS;
    await world.cleanUp();
    expect(await world.records.readPreview("shop", "look")).toBeUndefined();
    expect((await world.restore()).status).toBe(200);
  });

  test("counts as stored, and no more as a site: another may be made, and then it can come back only in its place", async () => {
    await world.release();
    const used = async () => (await world.call("ann", "GET", "/quota")).body.used;
    const before = await used();
    await world.remove();
    expect(await used()).toEqual({ ...before, sites: 0, deleted_sites: 1 });
    await world.restart({ maxSitesPerUser: 1 });
    await world.release("blog");
    expect(await world.restore()).toMatchObject({ status: 413, body: { error: "too_large" } });
    await world.remove("blog", "?for_good=true");
    expect((await world.restore()).status).toBe(200);
  });

  test("is no way to take any number of names: no site is made beside ten in the bin for each that there may be", async () => {
    await world.restart({ maxSitesPerUser: 1 });
    for (let i = 0; i < 10; i++) {
      await world.release(`shop-${i}`);
      expect((await world.remove(`shop-${i}`)).status).toBe(200);
    }
    const file = { path: "index.html", blake3: "0".repeat(64), size: 1 };
    const make = () => world.call("ann", "POST", "/plan", { project: "shop", files: [file] });
    expect(await make()).toMatchObject({
      status: 413,
      body: { message: expect.stringContaining("You have 10 sites in the bin, and no new one is made") },
    });
    expect((await world.restore("shop-0")).status).toBe(200);
    expect((await world.remove("shop-0")).status).toBe(200);
    expect((await world.purge("shop-1")).status).toBe(200);
    expect((await make()).status).toBe(200);
  });

  test("is no way round a role: who may not delete it may not restore it", async () => {
    await world.release();
    const [{ id }] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
    const { url } = (await world.call("ann", "POST", `/workspaces/${id}/invitations`, { role: "developer" })).body;
    await world.call("bob", "POST", "/invitations/accept", { invitation: url.split("#")[1] });
    await world.remove();
    expect(await world.bin("bob")).toMatchObject([{ name: "shop", role: "developer" }]);
    for (const [method, path] of [
      ["POST", "/bin/shop/restore"],
      ["DELETE", "/bin/shop"],
    ] as const) {
      expect([path, (await world.call("bob", method, path)).status]).toEqual([path, 403]);
    }
  });
});

describe("after 7 days", () => {
  test("a deleted site goes for good, its contents with the next collection, and its name is free", async () => {
    await world.release("blog", "kept");
    await world.release();
    await world.addDomain("shop.example.com");
    await world.remove();
    world.nowMs += BIN_LIFE_MS - 1;
    await world.cleanUp();
    expect(await world.bin()).toHaveLength(1);
    world.nowMs += 1;
    expect((await world.call("root", "POST", "/cleanup")).body).toMatchObject({ expired_sites_deleted: 1, errors: [] });
    expect(await world.bin()).toEqual([]);
    expect((await world.restore()).status).toBe(404);
    expect(Object.keys(await world.documents()).filter((key) => key.includes("shop"))).toEqual([]);
    expect((await world.call("root", "POST", "/gc")).body).toMatchObject({ deleted_blobs: 2, total_blobs: 4 });
    expect((await world.events()).slice(0, 2)).toEqual(["site.purge by system", "site.delete by ann"]);
    expect((await world.deploy("eve", "shop", { "index.html": "eve's" })).status).toBe(200);
  });

  test("one that cannot be read is told, and keeps no other from going", async () => {
    await world.release();
    await world.release("blog");
    await world.remove();
    await world.remove("blog");
    await world.store.documents.replace(claimKey("blog"), (await world.documents())[claimKey("blog")]!, "{");
    world.nowMs += BIN_LIFE_MS;
    const { body } = await world.call("root", "POST", "/cleanup");
    expect(body).toMatchObject({ expired_sites_deleted: 1, errors: [expect.stringContaining("blog")] });
    expect(await world.records.readClaim("shop")).toBeUndefined();
  });
});

test("a workspace goes with what is in its bin, and not before its sites are there or gone", async () => {
  const { id } = (await world.call("ann", "POST", "/workspaces", { name: "Team" })).body;
  const inTeam = { "x-sitepod-workspace": id };
  const file = { path: "index.html", blake3: "0".repeat(64), size: 1 };
  await world.call("ann", "POST", "/plan", { project: "shop", files: [file] }, inTeam);
  expect((await world.call("ann", "DELETE", `/workspaces/${id}`)).status).toBe(409);
  await world.remove();
  expect((await world.call("ann", "DELETE", `/workspaces/${id}`)).status).toBe(200);
  expect(await world.documents()).toEqual({});
});

test("a site that is restored while its workspace goes stays, and the workspace with it", async () => {
  const { id } = (await world.call("ann", "POST", "/workspaces", { name: "Team" })).body;
  const inTeam = { "x-sitepod-workspace": id };
  const file = { path: "index.html", blake3: "0".repeat(64), size: 1 };
  for (const project of ["blog", "shop"]) {
    await world.call("ann", "POST", "/plan", { project, files: [file] }, inTeam);
    await world.remove(project);
  }
  const removing = world.hold("remove", "sites/blog.json");
  const deleting = world.call("ann", "DELETE", `/workspaces/${id}`);
  await removing.reached;
  expect((await world.restore()).status).toBe(200);
  removing.letGo();
  expect(await deleting).toMatchObject({
    status: 409,
    body: { message: "The workspace has 1 sites. Delete them first." },
  });
  expect(await world.sites()).toEqual(["shop"]);
});
