import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

test("deploys go on while the files of a deleted site are removed, and one of that site leaves nothing", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  const removing = world.hold("remove", "releases/shop/v1.json");
  const deleting = world.call("ann", "DELETE", "/projects/shop");
  await removing.reached;
  expect((await world.deploy("ann", "blog", { "index.html": "a post" })).status).toBe(200);
  expect((await world.deploy("ann", "shop", { "index.html": "two" })).status).toBe(200);
  removing.letGo();
  expect((await deleting).status).toBe(200);
  expect(await world.records.releaseVersions("shop")).toEqual([]);
  expect(await world.records.readClaim("shop")).toBeUndefined();
});

test("a damaged claim of another site keeps none from being deleted", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  await world.store.documents.create("sites/broken.json", "{");
  expect((await world.call("ann", "DELETE", "/projects/shop")).status).toBe(200);
  expect(world.logged).toContain("sites/broken.json was left out");
});
