import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SitepodError } from "#model";
import { hashBytes, type HeldLease, holdLease } from "#store";
import { World } from "../domains/world.ts";

const HOUR_MS = 60 * 60 * 1000;
const PAGE = { "index.html": "a page" };
const content = new TextEncoder().encode(PAGE["index.html"]);
const digest = hashBytes(content);

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const plan = async (project: string) =>
  (
    await world.call("ann", "POST", "/plan", {
      project,
      files: [{ path: "index.html", blake3: digest, size: content.length }],
    })
  ).body;
const upload = ({ plan_id }: { plan_id: string }) => world.call("ann", "POST", `/upload/${plan_id}/${digest}`, content);
const commit = ({ plan_id }: { plan_id: string }) => world.call("ann", "POST", "/commit", { plan_id });
const collectGarbage = async () => {
  const { status, body } = await world.call("root", "POST", "/gc");
  expect(status).toBe(200);
  return body;
};

describe("cleaning up", () => {
  test("leaves a deploy under way all that it has, whatever the storage's clock says", async () => {
    const begun = await plan("shop");
    await upload(begun);
    await world.cleanUp();
    expect(await commit(begun)).toMatchObject({ status: 200, body: { version: "v1" } });
  });

  test("leaves a deploy under way what it was told to be there already", async () => {
    await upload(await plan("shop"));
    world.nowMs += 23 * HOUR_MS;
    const begun = await plan("shop");
    expect(begun.missing).toEqual([]);
    world.nowMs += 2 * HOUR_MS;
    await world.cleanUp();
    expect(await commit(begun)).toMatchObject({ status: 200, body: { version: "v1" } });
  });

  test("forgets a deploy that has expired, and what it sent", async () => {
    await upload(await plan("shop"));
    world.nowMs += 25 * HOUR_MS;
    await world.cleanUp();
    expect((await plan("shop")).missing).toHaveLength(1);
  });
});

describe("garbage collection", () => {
  test("goes on where the list of a deploy under way is lost", async () => {
    await plan("shop");
    await world.store.uploads.expire(() => false);
    expect(await collectGarbage()).toMatchObject({ errors: [] });
  });

  test("lets deploys through while it runs, and keeps what they were told to be there already", async () => {
    await world.deploy("ann", "shop", PAGE);
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    const { blobs } = world.store;
    const list = blobs.list.bind(blobs);
    blobs.list = async function* () {
      // What is garbage is decided by now.
      const begun = await plan("shop");
      expect(begun.missing).toEqual([]);
      expect((await commit(begun)).status).toBe(200);
      yield* list();
    };
    await collectGarbage();
    expect(await blobs.has(digest)).toBe(true);
    blobs.list = list;
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    expect((await collectGarbage()).deleted_blobs).toBe(2);
  });

  test("overlooks no release that is on its way to another label", async () => {
    await world.deploy("ann", "blog", { "index.html": "a post" });
    await world.deploy("ann", "shop", PAGE);
    world.nowMs += HOUR_MS;
    const reading = world.hold("read", "releases/blog/v1.json");
    const collecting = collectGarbage();
    await reading.reached;
    const renaming = world.call("ann", "PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
    while ((await world.records.readClaim("shop"))?.moved_to !== "store") await Bun.sleep(1);
    reading.letGo();
    expect((await collecting).deleted_blobs).toBe(0);
    expect((await renaming).status).toBe(200);
    expect(await world.records.releaseVersions("shop")).toEqual([]);
  });

  test("removes nothing while a backup holds what is there, and nothing more once one has begun", async () => {
    const hold = () => holdLease(world.store.documents, { purpose: "backup", id: "b1", nowMs: () => world.nowMs });
    await world.deploy("ann", "shop", Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}.txt`, `${i}`])));
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    const lease = await hold();
    expect(await world.call("root", "POST", "/gc")).toMatchObject({ status: 409, body: { error: "conflict" } });
    await lease[Symbol.asyncDispose]();

    const { blobs } = world.store;
    const remove = blobs.remove.bind(blobs);
    let begun: Promise<HeldLease> | undefined;
    blobs.remove = async (digest) => {
      await (begun ??= hold());
      return await remove(digest);
    };
    const collected = await collectGarbage();
    blobs.remove = remove;
    expect(collected).toMatchObject({ errors: [expect.stringContaining("a backup began meanwhile")] });
    expect(collected.deleted_blobs).toBeLessThan(100);
    // Who was killed holds nothing for ever.
    world.nowMs += HOUR_MS;
    expect((await collectGarbage()).deleted_blobs).toBe(201 - collected.deleted_blobs);
    await (await begun!)[Symbol.asyncDispose]();
  });

  test("tells how far it is, and goes on where it was cut off", async () => {
    const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}.txt`, `cut ${i}`]));
    await world.deploy("ann", "shop", files);
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    const { blobs } = world.store;
    const list = blobs.list.bind(blobs);
    blobs.list = async function* () {
      for await (const blob of list()) {
        if (blob.digest >= "80") throw new SitepodError("unavailable", "The storage went away.");
        // The clock goes on, so that it tells how far it is.
        world.nowMs += 10;
        yield blob;
      }
    };
    const state = async () => (await world.call("root", "GET", "/gc")).body;
    expect((await world.call("root", "POST", "/gc")).status).toBe(503);
    const { collection } = await state();
    expect(collection).toMatchObject({ state: "stopped", phase: "contents", fault: "The storage went away." });
    expect(collection.done).toBeGreaterThan(0.3);
    expect(collection.deleted_blobs).toBeGreaterThan(100);

    const order: string[] = [];
    blobs.list = async function* (range) {
      for await (const blob of list(range)) {
        order.push(blob.digest.slice(0, 2));
        if (order.length === 100) expect((await state()).collection.state).toBe("running");
        yield blob;
      }
    };
    expect(await collectGarbage()).toMatchObject({ deleted_blobs: 501 - collection.deleted_blobs, errors: [] });
    expect(order[0]! >= "60" && order[0]! < "80").toBe(true);
    blobs.list = list;
    expect((await state()).collection).toMatchObject({ state: "done", done: 1, fault: null });
    expect(await collectGarbage()).toMatchObject({ total_blobs: 0 });
  });

  test("goes on from the place where its server was killed", async () => {
    await world.deploy("ann", "shop", PAGE);
    const { blobs } = world.store;
    const list = blobs.list.bind(blobs);
    const reached = Promise.withResolvers<void>();
    blobs.list = async function* () {
      reached.resolve();
      await new Promise(() => {});
      yield* list();
    };
    void world.call("root", "POST", "/gc");
    await reached.promise;
    blobs.list = list;
    await world.restart();
    world.nowMs += HOUR_MS;
    expect((await world.call("root", "GET", "/gc")).body.collection).toMatchObject({
      state: "cut_off",
      ended_at: null,
    });
    expect(await collectGarbage()).toMatchObject({ total_blobs: 2, errors: [] });
  });

  test("shows how far it is to administrators alone", async () => {
    expect((await world.call("ann", "GET", "/gc")).status).toBe(403);
  });

  test("gives back all that nothing names, however much it is", async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}.txt`, `text ${i}`]));
    await world.deploy("ann", "shop", files);
    await world.deploy("ann", "blog", { "1.txt": "text 1" });
    await world.call("ann", "DELETE", "/projects/shop?for_good=true");
    expect(await collectGarbage()).toMatchObject({ referenced_blobs: 2, total_blobs: 202, deleted_blobs: 200 });
  });
});
