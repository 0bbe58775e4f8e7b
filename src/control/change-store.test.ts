import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "./domains/world.ts";
import { failOnce } from "./domains/fail-once.ts";

const REF = "refs/shop/prod.json";

let world: World;

beforeAll(async () => {
  world = await World.create();
  await world.call("root", "GET", "/projects");
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  await world.call("ann", "GET", "/projects");
  await world.reset();
  for (const text of ["one", "two"]) await world.deploy("ann", "shop", { "index.html": text });
  // What was told before stays: the log is never emptied.
  firstId = (await events()).at(-1)!.id;
});
let firstId = 0;

const events = async () =>
  (await world.tryQuery((query) =>
    query.selectFrom("audit_events").select(["id", "action", "target"]).orderBy("id"),
  )) as { readonly id: number; readonly action: string; readonly target: string | null }[];

const release = (version: string, environment = "prod") =>
  world.call("ann", "POST", "/release", { project: "shop", environment, version });

/** What was told since, the oldest first. */
const told = async () =>
  (await events()).filter(({ id }) => id > firstId).map(({ action, target }) => `${action} ${target}`);
const pending = async () =>
  (await world.tryQuery((query) => query.selectFrom("pending_changes").select("kind"))) as unknown[];

/** Ends between the change of the store and the transaction that records it, as a process that is killed there. */
async function cutOff(change: () => Promise<{ readonly status: number }>): Promise<void> {
  const goOn = await world.failInserts("audit_events");
  expect((await change()).status).toBe(500);
  await goOn();
  expect(await pending()).toHaveLength(1);
}

test("what was cut off is recorded as of when, and by whom, it was done, and told to webhooks once", async () => {
  const [own] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
  const url = "https://hook.example.com/all";
  const events = ["environment.released"];
  const hook = (await world.call("ann", "POST", `/workspaces/${own.id}/webhooks`, { url, events })).body;
  const at = new Date(world.nowMs).toISOString();
  await cutOff(() => release("v1"));
  expect(await world.records.readRef("shop", "prod")).toMatchObject({ release: 1 });
  world.nowMs += 60 * 60_000;
  await world.restart();
  await world.settleChanges();
  await world.settleChanges();

  const [event] = (await world.call("ann", "GET", "/audit?action=environment.release&limit=1")).body.events;
  expect(event).toMatchObject({ at, actor: "ann@example.org", address: "127.0.0.1", target: "prod v1" });
  expect((await told()).filter((line: string) => line.startsWith("environment."))).toEqual([
    "environment.release prod v1",
  ]);
  const { id: user_id } = (await world.call("ann", "GET", "/auth/info")).body;
  const moves = world.tryQuery((query) => query.selectFrom("deployments").select(["version", "user_id", "at"]));
  expect(await moves).toEqual([{ version: 1, user_id, at }]);
  const { deliveries } = (await world.call("ann", "GET", `/workspaces/${own.id}/webhooks/${hook.id}/deliveries`)).body;
  expect(deliveries).toMatchObject([{ event: "environment.released" }]);
  await world.call("ann", "DELETE", `/workspaces/${own.id}/webhooks/${hook.id}`);
});

test("who changes the site next finds it recorded, and goes on from there", async () => {
  await cutOff(() => release("v1"));
  expect((await release("v2")).body).toMatchObject({ previous_version: "v1", pointer_version: 2 });
  expect(await told()).toEqual(["environment.release prod v1", "environment.release prod v1 → v2"]);
  expect((await world.call("ann", "POST", "/rollback", { project: "shop", environment: "prod" })).body).toMatchObject({
    version: "v1",
  });
});

test("a deploy that was cut off at its end has its release when it is committed again", async () => {
  let plan = "";
  await cutOff(async () => {
    const deployed = await world.deploy("ann", "shop", { "index.html": "three" });
    plan = deployed.planId;
    return deployed;
  });
  expect((await world.call("ann", "POST", "/commit", { plan_id: plan })).body).toMatchObject({ version: "v3" });
  expect(await told()).toEqual(["release.create v3"]);
});

test("of a site that is deleted for good, what was cut off is told before", async () => {
  await cutOff(() => world.deploy("ann", "shop", { "index.html": "three" }));
  expect((await world.call("ann", "DELETE", "/projects/shop?for_good=true")).status).toBe(200);
  expect(await told()).toEqual(["release.create v3", "site.purge null"]);
  expect(await pending()).toEqual([]);
});

test("a storage that made a change, and did not say so, has its event all the same", async () => {
  const { documents } = world.store;
  const { create } = documents;
  documents.create = async (key, text) => {
    await create(key, text);
    if (key === REF) throw new Error("the storage does not answer");
    return true;
  };
  expect((await release("v1")).status).toBe(500);
  documents.create = create;
  expect(await told()).toEqual(["environment.release prod v1"]);
  expect(await pending()).toEqual([]);
});

test("what was cut off half way ends: nothing stays closed that nothing protects any more", async () => {
  const set = (password: string | null) =>
    world.call("ann", "PUT", "/access", { project: "shop", environment: "prod", password });
  await release("v1");
  await set("correct horse");
  const isClosed = async () => (await world.records.readClaim("shop"))?.access !== undefined;
  failOnce(world.store.documents, "sites/shop.json");
  expect((await set(null)).status).toBe(500);
  expect(await isClosed()).toBe(false);
  expect((await told()).slice(1)).toEqual(["access.protect prod", "access.open prod"]);
});

test("what cannot be found out waits, holds up nothing else, and is settled once it can", async () => {
  await cutOff(() => release("v1"));
  const whole = (await world.store.documents.read(REF))!;
  await world.store.documents.replace(REF, whole, "{");
  expect((await release("v1", "beta")).status).toBe(200);
  await world.settleChanges();
  expect(world.logged.at(-1)).toContain("could not be found out");
  expect(await told()).toEqual(["environment.release beta v1"]);
  await world.store.documents.replace(REF, "{", whole);
  await world.settleChanges();
  expect(await told()).toEqual(["environment.release beta v1", "environment.release prod v1"]);
  expect(await pending()).toEqual([]);
});

test("two who settle the same record it once", async () => {
  await cutOff(() => release("v1"));
  await Promise.all([world.settleChanges(), release("v2", "beta"), world.settleChanges()]);
  expect((await told()).toSorted()).toEqual(["environment.release beta v2", "environment.release prod v1"]);
});
