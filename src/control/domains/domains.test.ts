import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Environment } from "#model";
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
});
afterAll(() => world[Symbol.asyncDispose]());

const add = (who: string, project: string, domain: string, more: object = {}) =>
  world.call(who, "POST", "/domains", { project, domain, ...more });
const verify = (who: string, domain: string) => world.call(who, "POST", `/domains/${domain}/verify`);
const list = async (who: string, project: string) =>
  (await world.call(who, "GET", `/domains?project=${project}`)).body.domains;
const mount = (path: string, label: string, environment: Environment = "prod") => ({ path, label, environment });
const hostOf = (hostname: string) => world.records.readHost(hostname);
const mountsOf = async (hostname: string) => (await hostOf(hostname))?.mounts;

describe("a domain that is added", () => {
  test("waits, and tells what DNS must hold", async () => {
    const { status, body } = await add("ann", "shop", "WWW.Example.co.");
    expect(status).toBe(200);
    const token = body.verification_token;
    expect(body).toMatchObject({
      domain: "www.example.co",
      slug: "/",
      status: "pending",
      verification_txt: `sitepod-verify=${token}`,
      url: "https://www.example.co",
    });
    expect(body.records.map(({ type, name, value }: any) => [type, name, value])).toEqual([
      ["TXT", "_sitepod.www.example.co", `sitepod-verify=${token}`],
      ["CNAME", "www.example.co", "shop.sites.test"],
      ["A", "www.example.co", "192.0.2.1"],
      ["AAAA", "www.example.co", "2001:db8::1"],
    ]);
    expect(await hostOf("www.example.co")).toBeUndefined();
    expect(await list("ann", "shop")).toMatchObject([
      { domain: "shop.sites.test", type: "system", status: "active", is_primary: true, records: [] },
      { domain: "www.example.co", type: "custom", status: "pending", records: body.records },
    ]);
  });

  test("may be added again: it keeps its token, and takes the environment that is asked for now", async () => {
    const first = await add("ann", "shop", "example.com");
    const again = await add("ann", "shop", "example.com", { environment: "beta" });
    expect(again.body.verification_token).toBe(first.body.verification_token);
    expect(await list("ann", "shop")).toMatchObject([{}, { domain: "example.com", environment: "beta" }]);
  });

  test.each([
    ["", {}],
    ["com", {}],
    ["shop.sites.test", {}],
    ["sites.test", {}],
    ["127.0.0.1", {}],
    ["_x.example.com", {}],
    ["example.com:80", {}],
    ["example.com", { slug: "blog" }],
    ["example.com", { slug: "/blog/" }],
    ["example.com", { slug: "/../x" }],
    ["example.com", { redirect_to: "example.com" }],
    ["example.com", { redirect_to: "*.example.org" }],
    ["example.com", { redirect_to: "unknown.example.org" }],
    ["example.com", { slug: "/blog", redirect_to: "www.example.com" }],
    ["example.com", { environment: "staging" }],
    ["example.com", { colour: "red" }],
  ])("as %p with %j is refused", async (domain, more) => {
    expect((await add("ann", "shop", domain, more)).status).toBe(400);
    expect(await list("ann", "shop")).toHaveLength(1);
  });

  test("is nobody else's to add to, see, verify or remove", async () => {
    await world.addProved("ann", "shop", "example.com");
    expect((await add("bob", "shop", "example.com")).status).toBe(404);
    expect((await verify("bob", "example.com")).status).toBe(404);
    expect((await world.call("bob", "DELETE", "/domains/example.com")).status).toBe(404);
    expect((await world.call("bob", "GET", "/domains?project=shop")).status).toBe(404);
  });
});

describe("verifying", () => {
  test("looks for the TXT record, and has the domain served", async () => {
    await world.addProved("ann", "shop", "example.com");
    expect((await verify("ann", "EXAMPLE.com")).body).toEqual({
      domain: "example.com",
      status: "active",
      verified: true,
      message: "example.com is verified, and served now.",
    });
    expect(await hostOf("example.com")).toMatchObject({ hostname: "example.com", mounts: [mount("/", "shop")] });
    expect((await verify("ann", "example.com")).body).toMatchObject({ verified: true, status: "active" });
    const { events } = (await world.call("ann", "GET", "/audit?project=shop")).body;
    expect(events[0]).toMatchObject({ action: "domain.verify", target: "example.com", actor: "ann@example.org" });
  });

  test("without the record says what is missing and what is there", async () => {
    const { body } = await add("ann", "shop", "example.com");
    world.texts.set("_sitepod.example.com", ["v=spf1 -all"]);
    const answer = await verify("ann", "example.com");
    expect(answer.body).toMatchObject({ status: "pending", verified: false });
    expect(answer.body.message).toContain(body.verification_txt);
    expect(answer.body.message).toContain('There is "v=spf1 -all" instead.');
    expect(await hostOf("example.com")).toBeUndefined();
  });

  test("while DNS does not answer says so", async () => {
    await world.addProved("ann", "shop", "example.com");
    world.isDnsDown = true;
    expect((await verify("ann", "example.com")).body).toMatchObject({
      verified: false,
      message: expect.stringContaining("did not answer"),
    });
  });

  test("of a wildcard looks at the name over it", async () => {
    await world.addProved("ann", "shop", "*.example.com");
    expect([...world.texts.keys()]).toEqual(["_sitepod.example.com"]);
    expect((await verify("ann", "*.example.com")).body.verified).toBe(true);
    expect(await mountsOf("*.example.com")).toEqual([mount("/", "shop")]);
  });
});

describe("several accounts that want one domain", () => {
  beforeEach(() => world.makeSite("bob", "blog"));

  test("may all ask for it; another's proof is not one's own", async () => {
    await add("bob", "blog", "example.com");
    await world.addProved("ann", "shop", "example.com");
    expect((await verify("bob", "example.com")).body.verified).toBe(false);
    expect((await verify("ann", "example.com")).body.verified).toBe(true);
  });

  test("the first to prove it has it, until it is removed", async () => {
    await world.addProved("bob", "blog", "example.com");
    await world.addProved("ann", "shop", "example.com");
    expect((await verify("ann", "example.com")).status).toBe(200);
    expect((await verify("bob", "example.com")).status).toBe(409);
    expect((await add("bob", "blog", "example.com", { slug: "/blog" })).status).toBe(409);
    expect(await mountsOf("example.com")).toEqual([mount("/", "shop")]);

    expect((await world.call("ann", "DELETE", "/domains/example.com")).body).toEqual({ deleted: true });
    expect(await hostOf("example.com")).toBeUndefined();
    expect((await verify("bob", "example.com")).body.verified).toBe(true);
    expect(await mountsOf("example.com")).toEqual([mount("/", "blog")]);
  });

  test("one gets it where they verify at the same moment", async () => {
    await world.addProved("bob", "blog", "example.com");
    await world.addProved("ann", "shop", "example.com");
    const answers = await Promise.all([verify("ann", "example.com"), verify("bob", "example.com")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });
});

describe("several sites on one domain", () => {
  beforeEach(async () => {
    await world.makeSite("ann", "blog");
    await world.addProved("ann", "shop", "example.com");
    await verify("ann", "example.com");
  });

  test("are told apart by path, and need no second proof", async () => {
    const answer = await add("ann", "blog", "example.com", { slug: "/blog", environment: "beta" });
    expect(answer.body).toMatchObject({ status: "active", url: "https://example.com/blog/" });
    expect(await mountsOf("example.com")).toEqual([mount("/", "shop"), mount("/blog", "blog", "beta")]);
  });

  test("do not take one another's path", async () => {
    expect((await add("ann", "blog", "example.com")).status).toBe(409);
  });

  test("are removed one by one", async () => {
    await add("ann", "blog", "example.com", { slug: "/blog" });
    expect((await world.call("ann", "DELETE", "/domains/example.com")).status).toBe(400);
    expect((await world.call("ann", "DELETE", "/domains/example.com?slug=/x")).status).toBe(404);
    expect((await world.call("ann", "DELETE", "/domains/example.com?slug=/")).status).toBe(200);
    expect(await mountsOf("example.com")).toEqual([mount("/blog", "blog")]);
    expect((await world.call("ann", "DELETE", "/domains/example.com")).status).toBe(200);
    expect(await hostOf("example.com")).toBeUndefined();
    expect((await verify("ann", "example.com")).status).toBe(404);
  });

  test("follow a rename, and go with their site", async () => {
    await add("ann", "blog", "example.com", { slug: "/blog" });
    await world.call("ann", "PUT", "/domains/rename?project=shop", { new_subdomain: "store" });
    expect(await mountsOf("example.com")).toEqual([mount("/", "store"), mount("/blog", "blog")]);
    await world.call("ann", "DELETE", "/projects/shop");
    expect(await mountsOf("example.com")).toEqual([mount("/blog", "blog")]);
    await world.call("ann", "DELETE", "/projects/blog");
    expect(await hostOf("example.com")).toBeUndefined();
  });
});

describe("a redirect", () => {
  beforeEach(async () => {
    await world.addProved("ann", "shop", "example.com");
    await world.addProved("ann", "shop", "www.example.com");
    await verify("ann", "www.example.com");
  });

  test("is written to the host's file", async () => {
    const { body } = await add("ann", "shop", "www.example.com", { redirect_to: "example.com" });
    expect(body).toMatchObject({ status: "active", redirect_to: "example.com" });
    expect(await hostOf("www.example.com")).toMatchObject({ redirect_to: "example.com" });
    await add("ann", "shop", "www.example.com");
    expect((await hostOf("www.example.com"))?.redirect_to).toBeUndefined();
  });

  test("never leads back", async () => {
    await add("ann", "shop", "www.example.com", { redirect_to: "example.com" });
    expect((await add("ann", "shop", "example.com", { redirect_to: "www.example.com" })).status).toBe(400);
  });

  test("leaves no room for sites on its host", async () => {
    await add("ann", "shop", "www.example.com", { redirect_to: "example.com" });
    expect((await add("ann", "shop", "www.example.com", { slug: "/blog" })).status).toBe(409);
    await add("ann", "shop", "example.com", { slug: "/blog" });
    expect((await add("ann", "shop", "example.com", { redirect_to: "x.example.com" })).status).toBe(409);
  });
});
