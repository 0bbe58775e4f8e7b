import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "./world.ts";

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
  const body = { project: "shop", domain: "example.com", slug: "/beta", environment: "beta" };
  await world.call("ann", "POST", "/domains", body);
});
afterAll(() => world[Symbol.asyncDispose]());

const verify = (who: string, domain: string) => world.call(who, "POST", `/domains/${domain}/verify`);
const list = async (who: string, project: string) =>
  (await world.call(who, "GET", `/domains?project=${project}`)).body.domains;
const hostOf = (hostname: string) => world.records.readHost(hostname);

test("a lost database learns its domains from the store", async () => {
  const before = await hostOf("example.com");
  await world.loseDatabase();
  expect(await hostOf("example.com")).toEqual(before!);
  expect(await list("root", "shop")).toMatchObject([
    {},
    { domain: "example.com", slug: "/", status: "active" },
    { domain: "example.com", slug: "/beta", status: "active", environment: "beta" },
  ]);
  world.nowMs += 24 * 60 * 60 * 1000;
  await world.recheckDomains();
  expect((await verify("root", "example.com")).body).toMatchObject({ verified: true });
});

test("a host's file that is missing or old is written anew", async () => {
  const before = await hostOf("example.com");
  await world.records.removeHost("example.com");
  await world.restart();
  expect(await hostOf("example.com")).toEqual(before!);
  await world.records.writeHost({ ...before!, mounts: [] });
  await world.restart();
  expect(await hostOf("example.com")).toEqual(before!);
});

test("a host that leads to no site is removed", async () => {
  await world.records.writeHost({
    hostname: "old.example.com",
    token: "t",
    verified_at: "",
    mounts: [{ path: "/", label: "gone", environment: "prod" }],
  });
  await world.restart();
  expect(await hostOf("old.example.com")).toBeUndefined();
});

test("a damaged file hides no other domain", async () => {
  await world.store.documents.create("hosts/a.example.com.json", "{");
  await world.records.removeHost("example.com");
  await world.restart();
  expect((await hostOf("example.com"))?.mounts).toHaveLength(2);
});
