import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "./world.ts";

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(async () => {
  await world.reset();
  await world.makeSite("ann", "shop");
});
afterAll(() => world[Symbol.asyncDispose]());

const isServed = async () => (await world.records.readHost("example.com")) !== undefined;
async function pass(ms: number): Promise<void> {
  world.nowMs += ms;
  await world.verifyWaiting();
}

test("a domain is served by itself soon after its record is in DNS, and who watches hears of it", async () => {
  await world.call("ann", "POST", "/domains", { project: "shop", domain: "example.com" });
  await pass(0);
  expect(await isServed()).toBe(false);
  await using watched = await world.watch("ann", "/events");
  const { domains } = (await world.call("ann", "GET", "/domains?project=shop")).body;
  const [{ name, value }] = domains[1].records;
  world.texts.set(name, [value]);
  await pass(MINUTE_MS);
  expect(await isServed()).toBe(true);
  const events = await watched.until(({ data }) => data.action === "domain.verify");
  expect(events.at(-1)!.data.project).toBe("shop");
  const audit = (await world.call("ann", "GET", "/audit?project=shop")).body.events;
  expect(audit[0]).toMatchObject({ action: "domain.verify", target: "example.com", actor: "system" });
});

test("the certificate of a domain that is served is told with its end", async () => {
  await world.addProved("ann", "shop", "example.com");
  world.certificateEnds.set("example.com", Date.UTC(2030, 2, 1));
  const ends = async () => {
    const { domains } = (await world.call("ann", "GET", "/domains?project=shop")).body;
    return domains.map((domain: { certificate_expires_at: string | null }) => domain.certificate_expires_at);
  };
  expect(await ends()).toEqual([null, null]);
  await pass(0);
  expect(await ends()).toEqual([null, "2030-03-01T00:00:00.000Z"]);
});

test("DNS is asked more and more seldom, and not at all after three days", async () => {
  let asked = 0;
  const find = world.texts.get.bind(world.texts);
  world.texts.get = (name) => {
    asked++;
    return find(name);
  };
  await world.call("ann", "POST", "/domains", { project: "shop", domain: "example.com" });
  const count = async (minutes: number) => {
    asked = 0;
    for (let minute = 0; minute < minutes; minute++) await pass(MINUTE_MS);
    return asked;
  };
  const first = await count(10);
  expect(first).toBe(10);
  world.nowMs += DAY_MS;
  expect(await count(60)).toBe(1);
  world.nowMs += 3 * DAY_MS;
  expect(await count(60)).toBe(0);
});

test("one that another workspace has verified waits on", async () => {
  await world.call("root", "GET", "/projects");
  await world.makeSite("bob", "blog");
  const { records } = (await world.call("ann", "POST", "/domains", { project: "shop", domain: "example.com" })).body;
  await world.addProved("bob", "blog", "example.com");
  await pass(MINUTE_MS);
  const [{ name, value }] = records;
  world.texts.set(name, [...world.texts.get(name)!, value]);
  await pass(MINUTE_MS);
  const { domains } = (await world.call("ann", "GET", "/domains?project=shop")).body;
  expect(domains[1]).toMatchObject({ domain: "example.com", status: "pending" });
});
