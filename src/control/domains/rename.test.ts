import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { MAX_OLD_LABELS } from "./rename.ts";
import { World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const rename = (project: string, label: string) =>
  world.call("ann", "PUT", `/domains/rename?project=${project}`, { new_subdomain: label });
const release = (project: string) => world.call("ann", "POST", "/release", { project, environment: "prod" });

test("deploys go on while a site is renamed, and what they release is at the new label", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  await release("shop");
  const copying = world.hold("read", "releases/shop/v1.json");
  const renaming = rename("shop", "store");
  await copying.reached;
  expect((await world.deploy("ann", "blog", { "index.html": "a post" })).status).toBe(200);
  expect((await world.deploy("ann", "shop", { "index.html": "two" })).status).toBe(200);
  copying.letGo();
  expect((await renaming).status).toBe(200);
  expect(await world.records.releaseVersions("store")).toEqual([1, 2]);
  expect(await world.records.releaseVersions("shop")).toEqual([]);
  expect((await world.records.readRef("store", "prod"))?.release).toBe(1);
});

test("a rename that was cut off when the new label counted already is ended by asking for it again", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  await release("shop");
  world.failOnce("sites/shop.json");
  expect((await rename("shop", "store")).status).toBe(500);
  expect(await world.records.readRef("shop", "prod")).toBeDefined();

  expect(await rename("shop", "store")).toMatchObject({
    status: 409,
    body: { message: "shop has this subdomain already." },
  });
  expect(await world.records.readRef("shop", "prod")).toBeUndefined();
  expect((await world.records.readClaim("shop"))?.moved_to).toBe("store");
  expect((await world.records.readRef("store", "prod"))?.release).toBe(1);
});

test("a rename brings no preview back that was deleted since an earlier try", async () => {
  const { body } = await world.deploy("ann", "shop", { "index.html": "one" });
  await release("shop");
  await world.call("ann", "POST", "/preview", { project: "shop", image_id: body.image_id, slug: "look" });
  const { documents } = world.store;
  const { create } = documents;
  documents.create = async (key, text) => {
    if (key === "refs/store/prod.json") throw new Error("the storage does not answer");
    return await create(key, text);
  };
  expect((await rename("shop", "store")).status).toBe(500);
  documents.create = create;
  await world.call("ann", "DELETE", "/previews/look?project=shop");
  expect((await rename("shop", "store")).status).toBe(200);
  expect(await world.records.readPreview("store", "look")).toBeUndefined();
});

test("a site holds no more than so many old labels, and may go back to each of them", async () => {
  await world.makeSite("ann", "shop");
  for (let i = 1; i <= MAX_OLD_LABELS; i++) expect((await rename("shop", `shop-${i}`)).status).toBe(200);
  expect(await rename("shop", "one-more")).toMatchObject({ status: 409, body: { error: "conflict" } });
  expect(await world.records.readClaim("one-more")).toBeUndefined();
  expect((await rename("shop", "shop-7")).status).toBe(200);
  expect((await world.records.readClaim("shop"))?.moved_to).toBe("shop-7");
});

test("a site's pointer at its new label dates from the rename", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  await release("shop");
  world.nowMs += 60_000;
  expect((await rename("shop", "store")).status).toBe(200);
  expect((await world.records.readRef("store", "prod"))?.updated_at).toBe(new Date(world.nowMs).toISOString());
});
