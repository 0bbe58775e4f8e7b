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
