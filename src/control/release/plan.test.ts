import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { claimKey } from "#model";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const one = { "index.html": "one" };

test("a site that is deployed while it is being deleted is made anew, with the claim to its name", async () => {
  await world.deploy("ann", "shop", one);
  const { reached, letGo } = world.hold("remove", claimKey("shop"));
  const deletion = world.call("ann", "DELETE", "/projects/shop?for_good=true");
  await reached;
  const deploy = world.deploy("ann", "shop", one);
  await Promise.race([deploy, Bun.sleep(100)]);
  letGo();
  expect([(await deletion).status, (await deploy).status]).toEqual([200, 200]);
  const [site] = (await world.call("ann", "GET", "/projects")).body;
  expect(await world.records.readClaim("shop")).toMatchObject({ site_id: site.id });
});

test("a subdomain whose claim was lost is still its site's", async () => {
  await world.deploy("ann", "shop", one);
  await world.deploy("ann", "other", one);
  await world.store.documents.remove(claimKey("shop"));
  const answer = await world.call("ann", "PUT", "/domains/rename?project=other", { new_subdomain: "shop" });
  expect([answer.status, answer.body.message]).toEqual([409, "The subdomain shop is taken."]);
  expect(await world.records.readClaim("shop")).toBeUndefined();
});

test("others have their turn while many URLs are signed", async () => {
  let turns = 0;
  const turnsAtSigning: number[] = [];
  world.store = {
    ...world.store,
    presign: async () => {
      turnsAtSigning.push(turns);
      return "https://bucket.test/";
    },
  };
  await world.restart();
  const files = Array.from({ length: 300 }, (_, i) => {
    const hash = String(i).padStart(64, "0");
    return { path: `${i}.html`, blake3: hash, sha256: hash, size: 1 };
  });
  await world.call("ann", "GET", "/projects");
  const timer = setInterval(() => turns++, 0);
  const { body } = await world.call("ann", "POST", "/plan", { project: "shop", files });
  clearInterval(timer);
  expect(body.missing).toHaveLength(300);
  expect(new Set(turnsAtSigning).size).toBeGreaterThan(1);
});
