import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "./world.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator.
  await world.call("root", "GET", "/projects");
});
beforeEach(async () => {
  await world.reset();
  await world.makeSite("ann", "shop");
  await world.addProved("ann", "shop", "example.com");
  await verify("ann", "example.com");
});
afterAll(() => world[Symbol.asyncDispose]());

const verify = (who: string, domain: string) => world.call(who, "POST", `/domains/${domain}/verify`);
const list = async (who: string, project: string) =>
  (await world.call(who, "GET", `/domains?project=${project}`)).body.domains;
const hostOf = (hostname: string) => world.records.readHost(hostname);
async function pass(days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    world.nowMs += DAY_MS;
    await world.recheckDomains();
  }
}
const isServed = async () => (await hostOf("example.com")) !== undefined;

test("keeps a domain whose proof is there", async () => {
  await pass(30);
  expect(await isServed()).toBe(true);
});

test("gives a week's grace when the proof goes, then the domain is free", async () => {
  world.texts.clear();
  await pass(7);
  expect(await list("ann", "shop")).toMatchObject([{}, { missing_since: "2030-01-02T00:00:00.000Z" }]);
  expect(await isServed()).toBe(true);
  await pass(1);
  expect(await isServed()).toBe(false);
  expect(await list("ann", "shop")).toMatchObject([{}, { domain: "example.com", status: "pending" }]);
  const { events } = (await world.call("ann", "GET", "/audit?project=shop")).body;
  expect(events[0]).toMatchObject({ action: "domain.release", target: "example.com", actor: "system" });
  await world.makeSite("bob", "blog");
  await world.addProved("bob", "blog", "example.com");
  expect((await verify("bob", "example.com")).body.verified).toBe(true);
});

test("forgives a proof that comes back", async () => {
  const texts = [...world.texts];
  world.texts.clear();
  await pass(6);
  for (const [name, values] of texts) world.texts.set(name, values);
  await pass(1);
  world.texts.clear();
  await pass(7);
  expect(await isServed()).toBe(true);
});

test("takes no answer for neither", async () => {
  world.isDnsDown = true;
  await pass(30);
  expect(await isServed()).toBe(true);
  expect(world.logged.at(-1)).toContain("DNS cannot tell now");
});

test("is done once a day", async () => {
  world.texts.clear();
  world.nowMs += DAY_MS - 1;
  await world.recheckDomains();
  expect(await list("ann", "shop")).toMatchObject([{}, { missing_since: null }]);
});
