import { expect, test } from "bun:test";
import { createHealth } from "./health.ts";

const healthOf = (check: () => Promise<void>, nowMs: () => number) =>
  createHealth({ store: { check }, checkDatabase: async () => {}, nowMs, startedMs: 0, version: "1.2.3" });

test("the storage is checked once for all who ask together, and for nobody in the next two seconds", async () => {
  let now = 5000;
  let checks = 0;
  const health = healthOf(
    async () => void checks++,
    () => now,
  );
  const together = await Promise.all([health(), health(), health()]);
  for (const answer of together) expect(await answer.json()).toMatchObject({ status: "ok", uptime: 5 });
  now += 1999;
  await health();
  expect(checks).toBe(1);
  now += 1;
  await health();
  expect(checks).toBe(2);
});

test("a storage that fails is a 503, and seen to work again", async () => {
  let now = 0;
  let isBroken = true;
  const health = healthOf(
    () => (isBroken ? Promise.reject(new Error("read-only file system")) : Promise.resolve()),
    () => now,
  );
  expect((await health()).status).toBe(503);
  isBroken = false;
  now += 2000;
  expect((await health()).status).toBe(200);
});
