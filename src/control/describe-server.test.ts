import { expect, test } from "bun:test";
import { DISK_RESERVE_BYTES } from "./domains/test-machine.ts";
import { World } from "./domains/world.ts";

test("the server tells its administrators what is left of its disk, its last backup and which certificate ends first", async () => {
  await using world = await World.create();
  await world.call("root", "GET", "/projects");
  world.certificateEnds.set("b.example.org", world.nowMs + 2000).set("a.example.org", world.nowMs + 1000);
  const { body } = await world.call("root", "GET", "/server");
  expect(body).toEqual({
    database: body.database,
    disk: { free: world.disk.free, reserved: DISK_RESERVE_BYTES, is_nearly_full: false },
    backups: { last_good_at: new Date(world.nowMs).toISOString(), failures: 2 },
    certificates: [
      { names: ["a.example.org"], expires_at: new Date(world.nowMs + 1000).toISOString() },
      { names: ["b.example.org"], expires_at: new Date(world.nowMs + 2000).toISOString() },
    ],
  });
  expect(["sqlite", "postgresql"]).toContain(body.database);
  expect((await world.call("ann", "GET", "/server")).status).toBe(403);
});
