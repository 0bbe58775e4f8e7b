import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { BIN_LIFE_MS } from "#model";
import { BinWorld } from "./test-bin.ts";

let world: BinWorld;

beforeAll(async () => {
  world = await BinWorld.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

describe("cut off between claim and database", () => {
  test("a deletion is ended by the next start, or by doing it again", async () => {
    for (const end of [() => world.restart(), () => world.remove()]) {
      await world.reset();
      await world.release();
      const mend = await world.failInserts("deleted_sites");
      expect((await world.remove()).status).toBe(500);
      await mend();
      expect(await world.records.readClaim("shop")).toMatchObject({ deleted_at: "2030-01-01T00:00:00.000Z" });
      await end();
      expect(await world.bin()).toMatchObject([{ name: "shop", restorable_until: "2030-01-08T00:00:00.000Z" }]);
      expect((await world.restore()).status).toBe(200);
    }
  });

  test("a restoring is ended by the next start, by doing it again, or when the site would go: what is served stays", async () => {
    const wait = async () => {
      world.nowMs += BIN_LIFE_MS;
      await world.cleanUp();
    };
    for (const end of [() => world.restart(), () => world.restore(), wait]) {
      await world.reset();
      await world.release();
      await world.remove();
      const mend = await world.failInserts("audit_events");
      expect((await world.restore()).status).toBe(500);
      await mend();
      expect(await world.records.readClaim("shop")).not.toHaveProperty("deleted_at");
      await end();
      expect(await world.sites()).toEqual(["shop"]);
      expect(await world.records.readRef("shop", "prod")).toBeDefined();
    }
  });

  test("a database that was lost learns from the claims which sites are in the bin", async () => {
    await world.release();
    await world.release("blog");
    await world.remove();
    await world.loseDatabase();
    await world.call("root", "GET", "/projects");
    expect(await world.bin("root")).toMatchObject([
      { name: "shop", releases: 1, deleted_at: "2030-01-01T00:00:00.000Z" },
    ]);
    expect((await world.call("root", "POST", "/bin/shop/restore")).status).toBe(200);
    expect(await world.records.readRef("shop", "prod")).toBeDefined();
    await world.reset();
  });
});
