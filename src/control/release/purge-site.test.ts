import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { claimKey } from "#model";
import { BinWorld } from "./test-bin.ts";

let world: BinWorld;

beforeAll(async () => {
  world = await BinWorld.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

describe("deleting for good", () => {
  test("frees the name at once, from the bin or past it, and nothing that is not in the bin goes as if it were", async () => {
    await world.release();
    expect(await world.purge()).toMatchObject({
      status: 409,
      body: { message: "shop is not in the bin. Delete it first." },
    });
    await world.remove();
    expect(await world.purge()).toMatchObject({ status: 200, body: { restorable_until: null } });
    await world.release();
    expect((await world.remove("shop", "?for_good=true")).status).toBe(200);
    expect(await world.sites()).toEqual([]);
    expect(await world.bin()).toEqual([]);
    expect((await world.deploy("eve", "shop", { "index.html": "eve's" })).status).toBe(200);
  });

  test("is what is left where a site's claim is damaged: it cannot say that the site is in the bin", async () => {
    await world.release();
    await world.store.documents.replace(claimKey("shop"), (await world.documents())[claimKey("shop")]!, "{");
    expect((await world.remove()).status).toBe(500);
    expect(await world.bin()).toEqual([]);
    expect((await world.remove("shop", "?for_good=true")).status).toBe(200);
    expect(Object.keys(await world.documents())).toEqual([]);
  });

  test("cut off at any document is ended by the next start, and can be restored no more", async () => {
    for (const key of ["refs/shop/prod.json", "releases/shop/v1.json", "sites/shop.json"]) {
      await world.reset();
      await world.release();
      await world.remove();
      world.failOnce(key);
      expect([key, (await world.purge()).status]).toEqual([key, 500]);
      expect([key, [404, 409].includes((await world.restore()).status)]).toEqual([key, true]);
      await world.restart();
      expect(await world.documents()).toEqual({});
      expect((await world.deploy("eve", "shop", { "index.html": "eve's" })).status).toBe(200);
    }
  });

  test("frees the labels that the site had, also where it was cut off among them", async () => {
    for (const key of [undefined, "sites/shop.json", "sites/market.json"]) {
      await world.reset();
      await world.release();
      await world.rename("store");
      await world.rename("market");
      if (key !== undefined) world.failOnce(key);
      expect([key, (await world.remove("shop", "?for_good=true")).status]).toEqual([
        key,
        key === undefined ? 200 : 500,
      ]);
      await world.restart();
      expect([key, await world.documents()]).toEqual([key, {}]);
    }
  });
});
