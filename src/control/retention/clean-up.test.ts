import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { previewKey, refKey } from "#model";
import { World } from "../domains/world.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
let world: World;
let image: string;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(async () => {
  await world.reset();
  image = (await world.deploy("ann", "shop", { "index.html": "one" })).body.image_id;
  await world.call("ann", "POST", "/release", { project: "shop", environment: "prod" });
});
afterAll(() => world[Symbol.asyncDispose]());

const preview = (slug: string, more: object = {}) =>
  world.call("ann", "POST", "/preview", { project: "shop", image_id: image, slug, ...more });

/** Does something while the clean-up waits at a document. */
async function during(method: "read" | "remove", key: string, act: () => Promise<unknown>): Promise<void> {
  const { reached, letGo } = world.hold(method, key);
  const cleaning = world.cleanUp();
  await reached;
  const acting = act();
  await Promise.race([acting, Bun.sleep(300)]);
  letGo();
  await Promise.all([cleaning, acting]);
}

test("a preview is forgotten 30 days after it expired", async () => {
  await preview("old");
  world.nowMs += 30 * DAY_MS;
  await world.cleanUp();
  expect(await world.records.readPreview("shop", "old")).toBeDefined();
  world.nowMs += 2 * DAY_MS;
  await world.cleanUp();
  expect(await world.records.readPreview("shop", "old")).toBeUndefined();
});

test("a preview that is made anew while others are forgotten is kept", async () => {
  await preview("a");
  await preview("b");
  world.nowMs += 32 * DAY_MS;
  await during("remove", previewKey("shop", "a"), () => preview("b"));
  expect(await world.records.readPreview("shop", "a")).toBeUndefined();
  expect(await world.records.readPreview("shop", "b")).toBeDefined();
  expect((await world.call("ann", "GET", "/previews?project=shop")).body.previews).toMatchObject([{ slug: "b" }]);
});

test("releases stay closed where a site is protected while its last protected preview is forgotten", async () => {
  await preview("secret", { password: "open sesame" });
  world.nowMs += 32 * DAY_MS;
  await during("read", refKey("shop", "beta"), () =>
    world.call("ann", "PUT", "/access", { project: "shop", environment: "prod", password: "open sesame" }),
  );
  expect(await world.records.readPreview("shop", "secret")).toBeUndefined();
  expect((await world.call("ann", "GET", "/access?project=shop")).body.releases_protected).toBe(true);
});
