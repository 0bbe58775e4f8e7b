import { expect, test } from "bun:test";
import { addTraffic, NO_TRAFFIC } from "./traffic.ts";
import { createWorld, DOMAIN } from "./world.ts";

const SITE = `http://docs.${DOMAIN}`;

test("an edge counts its answers by how they were found and by class of status, and the bytes of files in them", async () => {
  const world = createWorld();
  world.point("docs", "prod", world.store({ "index.html": "0123456789" }));
  const told = () => Object.fromEntries(Object.entries(world.edge.stats()).filter(([, count]) => count > 0));
  const page = await world.get(`${SITE}/`);
  expect(told()).toMatchObject({ routed2xx: 1, sentBytes: 10 });
  const Host = `docs.${DOMAIN}`;
  const ask = (headers: Record<string, string> = {}, method = "GET") =>
    world.edge.fetchReady(new Request(`${SITE}/`, { method, headers: { Host, ...headers } }));
  await world.get(`${SITE}/`, { Host });
  const before = told();
  expect(before).toMatchObject({ routed2xx: 2, sentBytes: 20 });
  expect((await ask())!.status).toBe(200);
  expect((await ask({}, "HEAD"))!.status).toBe(200);
  expect((await ask({ Range: "bytes=2-4" }))!.status).toBe(206);
  expect((await ask({ Range: "bytes=0-1,5-8" }))!.status).toBe(206);
  expect((await ask({ "If-None-Match": page.headers.get("etag")! }))!.status).toBe(304);
  expect((await ask({ Range: "bytes=99-" }))!.status).toBe(416);
  expect(told()).toMatchObject({ ...before, ready2xx: 4, ready3xx: 1, ready4xx: 1, sentBytes: 20 + 10 + 3 + 2 + 4 });
  await world.get(`${SITE}/nothing-here.png`);
  world.edge.forget("refs/docs/prod.json");
  expect(told()).toMatchObject({ routed2xx: 2, routed4xx: 1 });
});

test("counts of an edge that has ended are added to those of the one in its place", () => {
  const one = { ...NO_TRAFFIC, ready2xx: 3, sentBytes: 100 };
  expect(addTraffic(one, { ...NO_TRAFFIC, ready2xx: 1, routed5xx: 2 })).toEqual({
    ...NO_TRAFFIC,
    ready2xx: 4,
    routed5xx: 2,
    sentBytes: 100,
  });
});
