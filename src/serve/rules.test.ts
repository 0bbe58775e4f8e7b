import { expect, test } from "bun:test";
import { createWorld, DOMAIN } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;
const FILES = { "index.html": "home", _redirects: "/a /b", _headers: "/*\n  Basic-Auth: ann:a" };

test("a site whose rules cannot be read is not served: they may close it", async () => {
  const world = createWorld();
  world.point("docs", "prod", world.store(FILES));
  const kept = new Map(world.blobs);
  world.blobs.clear();
  expect((await world.get(`${SITE}/`)).status).toBe(503);
  expect(world.logged).toHaveLength(1);
  for (const [digest, bytes] of kept) world.blobs.set(digest, bytes);
  expect((await world.get(`${SITE}/`)).status).toBe(401);
});

test("rules are read once for a release, however many requests there are", async () => {
  const world = createWorld();
  world.point("docs", "prod", world.store({ "index.html": "home", _redirects: "/a /b" }));
  await Promise.all(["/a", "/a", "/x"].map((path) => world.get(SITE + path)));
  world.reads.length = 0;
  expect((await world.get(`${SITE}/a`)).headers.get("Location")).toBe("/b");
  expect(world.reads).toEqual([]);
});
