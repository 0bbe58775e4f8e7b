import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

/** Has a document not be made before `letGo` is called. */
function holdCreation(key: string) {
  const { documents } = world.store;
  const create = documents.create.bind(documents);
  const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  documents.create = async (wanted, text) => {
    if (wanted === key) reached.resolve();
    if (wanted === key) await go.promise;
    return await create(wanted, text);
  };
  return { reached: reached.promise, letGo: go.resolve };
}

test("deploys go on while the files of a deleted site are removed, and one of that site leaves nothing", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  const committing = holdCreation("releases/shop/v2.json");
  const late = world.deploy("ann", "shop", { "index.html": "two" });
  await committing.reached;
  const removing = world.hold("remove", "releases/shop/v1.json");
  const deleting = world.call("ann", "DELETE", "/projects/shop?for_good=true");
  await removing.reached;
  expect((await world.deploy("bob", "blog", { "index.html": "a post" })).status).toBe(200);
  expect((await world.deploy("ann", "shop", { "index.html": "three" })).status).toBe(409);
  removing.letGo();
  committing.letGo();
  expect([(await late).status, (await deleting).status]).toEqual([200, 200]);
  expect(await world.records.releaseVersions("shop")).toEqual([]);
  expect(await world.records.readClaim("shop")).toBeUndefined();
});

test("a site whose rename was cut off is served at neither label once it is in the bin", async () => {
  const rename = () => world.call("ann", "PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
  const cutOff = {
    before: () => world.failInserts("audit_events"),
    after: async () => (world.failOnce("sites/shop.json"), async () => {}),
  };
  for (const [when, label, other] of [
    ["before", "shop", "store"],
    ["after", "store", "shop"],
  ] as const) {
    await world.reset();
    await world.deploy("ann", "shop", { "index.html": "one" });
    await world.call("ann", "POST", "/release", { project: "shop", environment: "prod" });
    const mend = await cutOff[when]();
    expect([when, (await rename()).status]).toEqual([when, 500]);
    await mend();
    expect([when, await world.records.readRef(other, "prod")]).toEqual([when, expect.anything()]);

    expect((await world.call("ann", "DELETE", "/projects/shop")).status).toBe(200);
    expect([when, await world.records.readRef(other, "prod")]).toEqual([when, undefined]);
    expect((await world.records.readClaim(other))?.moved_to).toBe(label);
    expect((await world.records.readClaim(label))?.deleted_at).toBe("2030-01-01T00:00:00.000Z");
    expect((await world.call("ann", "POST", "/bin/shop/restore")).status).toBe(200);
    expect([when, await world.records.readRef(label, "prod")]).toEqual([when, expect.anything()]);
  }
});

test("a damaged claim of another site keeps none from being deleted", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  await world.store.documents.create("sites/broken.json", "{");
  expect((await world.call("ann", "DELETE", "/projects/shop?for_good=true")).status).toBe(200);
  expect(world.logged).toContain("sites/broken.json was left out");
});
