import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { hashBytes } from "#store";
import { DISK_RESERVE_BYTES } from "../domains/test-machine.ts";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const page = (size: number) => ({ "index.html": "a".repeat(size) });

async function storedBytes(): Promise<number> {
  let total = 0;
  for await (const { size } of world.store.blobs.list()) total += size;
  return total;
}

describe("a disk that is nearly full", () => {
  test("refuses deploys and imports before anything is written, and lets the rest go on", async () => {
    await world.deploy("ann", "shop", page(1000));
    await world.deploy("ann", "shop", page(2000));
    await world.call("ann", "POST", "/release", { project: "shop", environment: "prod" });
    const before = await storedBytes();
    world.disk = { free: DISK_RESERVE_BYTES - 1, total: 1024 ** 3 };
    for (const refused of [
      await world.deploy("ann", "blog", page(1)),
      await world.deploy("ann", "shop", page(1)),
      await world.call("ann", "POST", "/imports", { project: "docs" }),
    ]) {
      expect(refused).toMatchObject({ status: 507, body: { error: "storage_full" } });
      expect(refused.body.message).toContain("1 MiB are free, of which 1 MiB are kept in reserve");
    }
    expect(await storedBytes()).toBe(before);
    expect(await world.store.uploads.expire(() => false)).toBe(0);
    const back = await world.call("ann", "POST", "/rollback", { project: "shop", environment: "prod", version: "v1" });
    expect(back.status).toBe(200);
    expect((await world.call("ann", "DELETE", "/projects/shop")).status).toBe(200);
  });

  test("refuses a deploy that would fill it, and takes what needs no more than there is", async () => {
    await world.deploy("ann", "shop", { "film.bin": "f".repeat(50_000) });
    world.disk = { free: DISK_RESERVE_BYTES + 20_000, total: 1024 ** 3 };
    const refused = await world.deploy("ann", "shop", { "other.bin": "o".repeat(50_000) });
    expect(refused).toMatchObject({
      status: 507,
      body: { message: expect.stringContaining("are to be written. Sites are served as before") },
    });
    // What is there already is not written again.
    expect((await world.deploy("ann", "shop", { "film.bin": "f".repeat(50_000), "new.txt": "n" })).status).toBe(200);
  });

  test("refuses what was planned before it filled up, and takes it once there is room", async () => {
    const bytes = new TextEncoder().encode("a page");
    const file = { path: "index.html", blake3: hashBytes(bytes), size: bytes.length };
    const { body } = await world.call("ann", "POST", "/plan", { project: "shop", files: [file] });
    const upload = () => world.call("ann", "POST", `/upload/${body.plan_id}/${file.blake3}`, bytes);
    const commit = () => world.call("ann", "POST", "/commit", { plan_id: body.plan_id });
    world.disk = { free: 0, total: 1024 ** 3 };
    expect((await upload()).status).toBe(507);
    world.disk = { free: 1024 ** 3, total: 1024 ** 3 };
    expect((await upload()).status).toBe(200);
    world.disk = { free: 0, total: 1024 ** 3 };
    expect((await commit()).status).toBe(507);
    world.disk = { free: 1024 ** 3, total: 1024 ** 3 };
    expect(await commit()).toMatchObject({ status: 200, body: { version: "v1" } });
  });
});
