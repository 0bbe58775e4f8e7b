import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "./domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const sites = async () =>
  (await world.call("root", "GET", "/projects")).body.map(({ name, id }: { name: string; id: string }) => [name, id]);

test("where the database has an older site at a name, the site that holds it now takes its place", async () => {
  await world.deploy("ann", "shop", { "index.html": "old" });
  await world.addProved("ann", "shop", "example.com");
  await world.call("ann", "POST", "/domains/example.com/verify");
  const [[, oldId]] = await sites();
  const claim = (await world.records.readClaim("shop"))!;
  await world.records.writeClaim({ ...claim, site_id: "site_new" });
  await world.deploy("ann", "zoo", { "index.html": "later in the list" });

  await world.restart();
  expect(oldId).not.toBe("site_new");
  expect(await sites()).toEqual([
    ["shop", "site_new"],
    ["zoo", expect.any(String)],
  ]);
  expect((await world.call("ann", "GET", "/domains?project=shop")).body.domains).toMatchObject([
    {},
    { domain: "example.com", status: "active" },
  ]);
});

test("a site that cannot be entered is told, and hides no other", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  const claim = (await world.records.readClaim("shop"))!;
  // Another site of the same name, which only a hand in the storage can make.
  await world.records.createClaim({ ...claim, label: "another", site_id: "site_other" });
  await world.records.createClaim({ ...claim, label: "zoo", site: "zoo", site_id: "site_zoo" });
  await world.restart();
  expect(await sites()).toEqual([
    ["shop", claim.site_id],
    ["zoo", "site_zoo"],
  ]);
  expect(world.logged).toContain("Site another could not be brought into line");
});

test("a release whose record is lost counts as removed, and as there again once the record is", async () => {
  for (const page of ["one", "two", "three"]) await world.deploy("ann", "shop", { "index.html": page });
  const record = (await world.records.readRelease("shop", 2))!;
  const shown = async () =>
    (await world.call("ann", "GET", "/history?project=shop")).body.items.flatMap(
      ({ version, removed_at }: { version: string; removed_at: string | null }) => (removed_at ? [] : [version]),
    );
  await world.records.removeRelease("shop", 2);
  await world.restart();
  expect(await shown()).toEqual(["v3", "v1"]);
  expect(world.logged).toContainEqual(expect.stringMatching(/^v2 of shop .* its record is lost: stop the server/));
  const asked = { project: "shop", environment: "prod", version: "v2" };
  const refused = await world.call("ann", "POST", "/release", asked);
  expect(refused).toMatchObject({ status: 410, body: { error: "gone" } });
  expect(refused.body.message).toMatch(/^v2 of shop is lost: nothing removed it, .* fsck --repair --from/);

  await world.records.createRelease("shop", record);
  await world.restart();
  expect(await shown()).toEqual(["v3", "v2", "v1"]);
  const claim = (await world.records.readClaim("shop"))!;
  await world.records.removeRelease("shop", 2);
  await world.restart();
  // What retention removed is not brought back by what it left behind when it was cut off.
  await world.records.writeClaim({ ...claim, removed_to: 2 });
  await world.records.createRelease("shop", record);
  await world.restart();
  expect(await shown()).toEqual(["v3", "v1"]);
});
