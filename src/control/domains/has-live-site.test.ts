import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { BinWorld } from "../release/test-bin.ts";

let world: BinWorld;

beforeAll(async () => {
  world = await BinWorld.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

describe("the domain of a deleted site", () => {
  const taken = (domain: string) => ({ domain, slug: "/", status: "taken" });

  test("may be given to another site of the workspace, and the restored one goes without", async () => {
    await world.release();
    await world.release("blog");
    await world.addDomain("example.com");
    await world.remove();
    const { body } = await world.call("ann", "POST", "/domains", { project: "blog", domain: "example.com" });
    expect(body.status).toBe("active");
    expect((await world.restore()).body).toMatchObject({
      message: "shop is back at https://shop.sites.test. Another of your sites has example.com now.",
      domains: [taken("example.com")],
    });
    expect((await world.records.readHost("example.com"))?.mounts).toEqual([
      { path: "/", label: "blog", environment: "prod" },
    ]);
  });

  test("makes room for a redirect, and for what takes the redirect's place", async () => {
    await world.release();
    await world.release("blog");
    await world.addDomain("example.com");
    await world.addDomain("www.example.com", "shop", { redirect_to: "example.com" });
    await world.addDomain("blog.example.com", "blog");
    await world.remove();
    const add = (domain: string, more: object) =>
      world.call("ann", "POST", "/domains", { project: "blog", domain, ...more });
    expect((await add("example.com", { redirect_to: "www.example.com" })).status).toBe(400);
    expect((await add("example.com", { redirect_to: "blog.example.com" })).status).toBe(200);
    expect((await add("www.example.com", { slug: "/blog" })).status).toBe(200);
    expect((await world.restore()).body.domains).toEqual([taken("example.com"), taken("www.example.com")]);
  });

  test("is held, until another workspace proves it, and then is to be verified again", async () => {
    await world.release();
    await world.addDomain("example.com");
    await world.deploy("eve", "evil", { "index.html": "eve's" });
    const add = () => world.call("eve", "POST", "/domains", { project: "evil", domain: "example.com" });
    expect((await add()).status).toBe(409);
    await world.remove();
    expect((await world.call("eve", "POST", "/domains/example.com/verify")).status).toBe(404);
    await world.addProved("eve", "evil", "example.com");
    expect((await world.call("eve", "POST", "/domains/example.com/verify")).body.status).toBe("active");
    expect((await world.restore()).body).toMatchObject({
      message: "shop is back at https://shop.sites.test. To be verified with sitepod domain verify: example.com.",
      domains: [{ domain: "example.com", slug: "/", status: "pending" }],
    });
    expect((await world.records.readHost("example.com"))?.mounts).toEqual([
      { path: "/", label: "evil", environment: "prod" },
    ]);
    const log = (await world.call("ann", "GET", "/audit")).body.events;
    expect(log.map(({ action }: { action: string }) => action)).toContain("domain.release");
  });

  test("is not given to another site that asked for it just before the deleted one came back", async () => {
    for (const project of ["shop", "blog", "news"]) await world.release(project);
    await world.addDomain("example.com");
    await world.call("ann", "POST", "/domains", { project: "news", domain: "example.com", slug: "/news" });
    await world.remove();
    // Others that change the domain wait for this.
    const removing = world.hold("remove", "hosts/example.com.json");
    const leaving = world.call("ann", "DELETE", "/domains/example.com?slug=/news");
    await removing.reached;
    const adding = world.call("ann", "POST", "/domains", { project: "blog", domain: "example.com" });
    const restoring = world.restore();
    while ((await world.bin()).length > 0);
    removing.letGo();
    expect((await leaving).status).toBe(200);
    expect(await adding).toMatchObject({ status: 409, body: { message: expect.stringContaining("your site shop") } });
    expect((await restoring).body.domains).toEqual([{ domain: "example.com", slug: "/", status: "active" }]);
    expect((await world.records.readHost("example.com"))?.mounts).toEqual([
      { path: "/", label: "shop", environment: "prod" },
    ]);
  });

  test("cannot be taken off it: it is not on it", async () => {
    await world.release();
    await world.release("blog");
    await world.addDomain("example.com");
    await world.call("ann", "POST", "/domains", { project: "blog", domain: "example.com", slug: "/blog" });
    await world.remove();
    expect((await world.records.readHost("example.com"))?.mounts).toEqual([
      { path: "/blog", label: "blog", environment: "prod" },
    ]);
    expect((await world.call("ann", "DELETE", "/domains/example.com")).status).toBe(200);
    expect(await world.records.readHost("example.com")).toBeUndefined();
    expect(await world.call("ann", "DELETE", "/domains/example.com")).toMatchObject({
      status: 404,
      body: { message: "You have no site at example.com. List a site's with sitepod domain list." },
    });
    expect((await world.restore()).body.domains).toMatchObject([{ status: "active" }]);
  });
});
