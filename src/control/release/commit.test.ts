import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { releaseKey } from "#model";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const history = async () => (await world.call("ann", "GET", "/history?project=shop")).body.items;
const again = (planId: string) => world.call("ann", "POST", "/commit", { plan_id: planId });

/** The database forgets the last release, as where the process died after writing its record and before its row. */
async function cutOff(planId: string): Promise<void> {
  await world.forgetRelease(planId);
  expect(await history()).toEqual([]);
}

test("a commit that was cut off after its record was written is ended by doing it again", async () => {
  const { planId, body } = await world.deploy("ann", "shop", { "index.html": "one" });
  await cutOff(planId);
  expect((await again(planId)).body).toEqual(body);
  expect(await history()).toHaveLength(1);
  expect(await world.records.releaseVersions("shop")).toEqual([1]);
});

test("it is ended by starting the server too, and doing it again then answers the same release", async () => {
  const { planId, body } = await world.deploy("ann", "shop", { "index.html": "one" });
  await cutOff(planId);
  await world.restart();
  expect(await history()).toHaveLength(1);
  expect((await again(planId)).body).toEqual(body);
  expect(await world.records.releaseVersions("shop")).toEqual([1]);
});

test("a number that another upload's record has is passed over", async () => {
  const first = await world.deploy("ann", "shop", { "index.html": "one" });
  const record = (await world.store.documents.read(releaseKey("shop", 1)))!;
  await world.store.documents.create(releaseKey("shop", 2), record.replace(first.planId, "plan_another"));
  expect((await world.deploy("ann", "shop", { "index.html": "two" })).body.version).toBe("v3");
});

test("a protected commit closes the permanent addresses after who is about to open them", async () => {
  const { body } = await world.deploy("ann", "shop", { "index.html": "one" });
  const preview = { project: "shop", image_id: body.image_id, slug: "secret", password: "open sesame" };
  await world.call("ann", "POST", "/preview", preview);
  const { letGo, reached } = world.hold("read", "refs/shop/beta.json");
  const deletion = world.call("ann", "DELETE", "/previews/secret?project=shop");
  await reached;
  const commit = world.deploy("ann", "shop", { "index.html": "two" }, { protected: true });
  await Promise.race([commit, Bun.sleep(100)]);
  letGo();
  await deletion;
  expect((await commit).body.version).toBe("v2");
  expect((await world.call("ann", "GET", "/access?project=shop")).body.releases_protected).toBe(true);
});
