import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

/** Deploys to prod so many times, with another page each time and one file that is always the same. */
async function deploy(times: number, project = "shop"): Promise<void> {
  for (let i = 0; i < times; i++) {
    const { body } = await world.deploy("ann", project, {
      "index.html": `${project} ${world.nowMs}`,
      "logo.svg": "same",
    });
    await world.call("ann", "POST", "/release", { project, environment: "prod", version: body.version });
    world.nowMs += HOUR_MS;
  }
}
const keep = (rules: object, who = "ann") => world.call(who, "PUT", "/projects/shop/retention", rules);
const collect = async (query = "") => {
  const { status, body } = await world.call("root", "POST", `/gc${query}`);
  expect(status).toBe(200);
  return body;
};
const history = async () => (await world.call("ann", "GET", "/history?project=shop")).body.items;
const kept = async () =>
  (await history()).flatMap((item: { version: string; removed_at: unknown }) =>
    item.removed_at ? [] : [item.version],
  );
const release = (version: string, environment = "prod") =>
  world.call("ann", "POST", "/release", { project: "shop", environment, version });

describe("retention", () => {
  test("keeps all releases unless somebody says otherwise", async () => {
    await deploy(4);
    world.nowMs += 1000 * DAY_MS;
    expect(await collect()).toMatchObject({ removed_releases: 0, deleted_blobs: 0 });
    expect((await world.call("ann", "GET", "/projects/shop")).body.retention).toEqual({
      keep_releases: null,
      keep_days: null,
      is_default: true,
    });
  });

  test("removes all but the newest, with what they alone held", async () => {
    await deploy(5);
    world.nowMs += 2 * DAY_MS;
    expect(await keep({ keep_releases: 2 })).toMatchObject({
      status: 200,
      body: { keep_releases: 2, keep_days: null, is_default: false },
    });
    // Of three releases the page and the manifest. What all have in common stays.
    expect(await collect()).toMatchObject({
      removed_releases: 3,
      deleted_blobs: 6,
      releases: [{ project: "shop", versions: ["v1", "v2", "v3"] }],
      errors: [],
    });
    expect(await kept()).toEqual(["v5", "v4"]);
    expect(await world.records.releaseVersions("shop")).toEqual([4, 5]);
    expect(await collect()).toMatchObject({ removed_releases: 0, deleted_blobs: 0 });
  });

  test("removes nothing that it cannot write down", async () => {
    await deploy(2);
    world.nowMs += 2 * DAY_MS;
    await keep({ keep_releases: 1 });
    const goOn = await world.failInserts("audit_events");
    // The audit log has no place for the collection itself either.
    expect((await world.call("root", "POST", "/gc")).status).toBe(500);
    expect(await kept()).toEqual(["v2", "v1"]);
    await goOn();
    expect(await collect()).toMatchObject({ releases: [{ project: "shop", versions: ["v1"] }] });
  });

  test("keeps what is young, by the days that it says", async () => {
    await deploy(3);
    world.nowMs += 10 * DAY_MS;
    await deploy(1);
    await keep({ keep_days: 7 });
    await collect();
    expect(await kept()).toEqual(["v4", "v3"]);
    world.nowMs += 10 * DAY_MS;
    await collect();
    expect(await kept()).toEqual(["v4"]);
  });

  test("keeps what environments and previews show, however old it is", async () => {
    await deploy(6);
    await release("v1", "beta");
    const { body } = await world.call("ann", "GET", "/files?project=shop&version=v2");
    await world.call("ann", "POST", "/preview", { project: "shop", image_id: body.image_id, slug: "look" });
    await release("v3");
    world.nowMs += 2 * DAY_MS;
    await keep({ keep_releases: 1 });
    await collect();
    expect(await kept()).toEqual(["v6", "v3", "v2", "v1"]);
    await world.call("ann", "DELETE", "/previews/look?project=shop");
    await collect();
    expect(await kept()).toEqual(["v6", "v3", "v1"]);
  });

  test("keeps what was replaced as long as its assets still answer", async () => {
    await deploy(2);
    await keep({ keep_releases: 1 });
    await collect();
    expect(await kept()).toEqual(["v2", "v1"]);
    world.nowMs += DAY_MS;
    await collect();
    expect(await kept()).toEqual(["v2"]);
  });

  test("leaves the deploy that made a release the time to point to it", async () => {
    await keep({ keep_releases: 1 });
    for (const page of ["one", "two"]) await world.deploy("ann", "shop", { "index.html": page });
    await keep({ keep_releases: 1 });
    await collect();
    expect((await release("v1")).status).toBe(200);
    await release("v2");
    world.nowMs += 2 * DAY_MS;
    await collect();
    expect(await kept()).toEqual(["v2"]);
  });

  test("is the server's where the site says nothing, and the site's where it does", async () => {
    await deploy(3);
    world.nowMs += 2 * DAY_MS;
    await world.restart({ retention: { releases: 2, days: null } });
    await keep({});
    await collect();
    expect(await kept()).toHaveLength(3);
    expect((await world.call("ann", "DELETE", "/projects/shop/retention")).body).toEqual({
      keep_releases: 2,
      keep_days: null,
      is_default: true,
    });
    await collect();
    expect(await kept()).toHaveLength(2);
  });

  test("outlives the database and a rename", async () => {
    await deploy(3);
    world.nowMs += 2 * DAY_MS;
    await keep({ keep_releases: 2 });
    await world.call("ann", "PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
    await collect();
    await world.loseDatabase();
    await world.call("root", "GET", "/projects");
    expect((await world.call("root", "GET", "/projects/shop")).body.retention).toMatchObject({ keep_releases: 2 });
    expect(await world.records.readClaim("store")).toMatchObject({ removed_to: 1 });
  });

  test("is set by who may delete the site, and never to nothing", async () => {
    await deploy(1);
    expect((await keep({ keep_releases: 1 }, "bob")).status).toBe(404);
    expect((await keep({ keep_releases: 0 })).status).toBe(400);
    expect((await keep({ keep: 3 })).status).toBe(400);
    const { body } = await world.call("ann", "POST", "/tokens", { name: "ci", scopes: ["deploy"] });
    const byToken = await world.send(
      "PUT",
      "/projects/shop/retention",
      { keep_releases: 1 },
      { authorization: `Bearer ${body.token}` },
    );
    expect(byToken.status).toBe(403);
  });
});

describe("a release that was removed", () => {
  beforeEach(async () => {
    await deploy(3);
    world.nowMs += 2 * DAY_MS;
    await keep({ keep_releases: 1 });
    await collect();
  });

  test("is in the history, with the day", async () => {
    expect(await history()).toMatchObject([
      { version: "v3", removed_at: null },
      { version: "v2", removed_at: new Date(world.nowMs).toISOString() },
      { version: "v1", removed_at: new Date(world.nowMs).toISOString() },
    ]);
    expect((await world.call("ann", "GET", "/images?project=shop")).body.total).toBe(1);
    const { body } = await world.call("ann", "GET", "/audit?project=shop");
    expect(body.events[0]).toMatchObject({ action: "release.remove", target: "2 releases, v1 to v2" });
  });

  test.each([
    ["POST", "/release", { project: "shop", environment: "beta", version: "v1" }],
    ["POST", "/rollback", { project: "shop", environment: "prod", version: "v1" }],
    ["POST", "/rollback", { project: "shop", environment: "prod" }],
    ["POST", "/preview", { project: "shop", image_id: "v2" }],
    ["GET", "/files?project=shop&version=v1", undefined],
  ])("is refused by %s %s", async (method, path, body) => {
    const answer = await world.call("ann", method, path, body);
    expect(answer).toMatchObject({ status: 410, body: { error: "gone" } });
    expect(answer.body.message).toMatch(/^v[12] of shop was removed on 2030-01-03, as its retention says\./);
  });

  test("can be made again, from its files", async () => {
    const { body } = await world.deploy("ann", "shop", { "index.html": "as before", "logo.svg": "same" });
    expect(body.version).toBe("v4");
    expect((await release("v4")).status).toBe(200);
  });

  test("is no base of a plan any more", async () => {
    const [, , first] = await history();
    const plan = { project: "shop", base: first.content_hash, files: [], removed: ["logo.svg"] };
    expect((await world.call("ann", "POST", "/plan", plan)).status).toBe(409);
  });
});

test("a removal that was cut off is ended the next time", async () => {
  await deploy(3);
  world.nowMs += 2 * DAY_MS;
  await keep({ keep_releases: 1 });
  world.failOnce("releases/shop/v1.json");
  expect((await collect()).errors).toEqual([expect.stringContaining("old releases of shop")]);
  expect(await world.records.releaseVersions("shop")).toContain(1);
  expect((await release("v1")).status).toBe(410);
  expect(await collect()).toMatchObject({ removed_releases: 0, errors: [] });
  expect(await world.records.releaseVersions("shop")).toEqual([3]);
});

test("a pointer that is moved to a release while old ones are removed has it", async () => {
  await deploy(3);
  world.nowMs += 2 * DAY_MS;
  await keep({ keep_releases: 1 });
  const reading = world.hold("read", "refs/shop/beta.json");
  const collecting = collect();
  await reading.reached;
  const moving = release("v1", "beta");
  reading.letGo();
  await collecting;
  // The move waited for its turn, and came too late.
  expect((await moving).status).toBe(410);
  expect((await release("v2", "beta")).status).toBe(410);
});

test("a database from before a removal learns of it", async () => {
  await deploy(3);
  for (const version of [1, 3]) await world.records.removeRelease("shop", version);
  await world.restart();
  // What an environment shows is there all the same.
  expect(await kept()).toEqual(["v3", "v2"]);
});

test("a trial tells what would go, and removes nothing", async () => {
  await deploy(4);
  await deploy(2, "blog");
  await world.call("ann", "DELETE", "/projects/blog?for_good=true");
  world.nowMs += 2 * DAY_MS;
  await keep({ keep_releases: 2 });
  const trial = await collect("?dry_run=true");
  expect(trial).toMatchObject({
    dry_run: true,
    removed_releases: 2,
    releases: [{ project: "shop", versions: ["v1", "v2"] }],
  });
  expect(await kept()).toHaveLength(4);
  expect((await world.call("root", "GET", "/gc")).body).toEqual({ collection: null });
  expect(await collect()).toEqual({ ...trial, dry_run: false });
});
