import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

test("slugs that are drawn are never those of another preview, however little room the site's name leaves", async () => {
  const project = "a".repeat(58);
  const { body } = await world.deploy("ann", project, { "index.html": "one" });
  const draw = async () =>
    (await world.call("ann", "POST", "/preview", { project, image_id: body.image_id })).body.slug;
  const slugs = new Set<string>();
  for (let i = 0; i < 60; i++) slugs.add(await draw());
  expect(slugs.size).toBe(60);
  for (const slug of slugs) expect(slug).toMatch(/^[0-9a-z]{3}$/);
});

test("a slug that is given moves the preview that has it", async () => {
  const { body } = await world.deploy("ann", "shop", { "index.html": "one" });
  for (let i = 0; i < 2; i++) {
    await world.call("ann", "POST", "/preview", { project: "shop", image_id: body.image_id, slug: "look" });
  }
  expect((await world.call("ann", "GET", "/previews?project=shop")).body.previews).toHaveLength(1);
});

test("a preview whose deletion was cut off is there, or is gone with all that it left", async () => {
  const { body } = await world.deploy("ann", "shop", { "index.html": "one" });
  const wanted = { project: "shop", image_id: body.image_id, slug: "look", password: "correct horse" };
  await world.call("ann", "POST", "/preview", wanted);
  const remove = () => world.call("ann", "DELETE", "/previews/look?project=shop");
  for (const key of ["previews/shop/look.json", "sites/shop.json"]) {
    world.failOnce(key);
    expect((await remove()).status).toBe(500);
  }
  expect((await remove()).status).toBe(404);
  expect(await world.records.readPreview("shop", "look")).toBeUndefined();
  expect((await world.records.readClaim("shop"))?.access).toBeUndefined();
});

test("a site with as many previews as it may have can move those, and those that nobody sees do not count", async () => {
  const { body } = await world.deploy("ann", "shop", { "index.html": "one" });
  const make = async (slug: string) =>
    (await world.call("ann", "POST", "/preview", { project: "shop", image_id: body.image_id, slug })).status;
  expect(await make("first")).toBe(200);
  await world.copyPreview("first", 999);
  expect(await make("another")).toBe(409);
  expect(await make("first")).toBe(200);
  world.nowMs += 366 * 24 * 60 * 60 * 1000;
  expect(await make("another")).toBe(200);
});
