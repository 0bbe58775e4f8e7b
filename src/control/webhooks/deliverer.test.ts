import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { BROKEN, THANKS } from "./test-receiver.ts";
import { startWebhooks } from "./test-webhooks.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

const { world, ask, webhooks, add, deliveries, audit, deploy, release, sendAfter, reset } = await startWebhooks();
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(reset);

describe("a receiver that fails", () => {
  test("is tried again later and ever later with the same id, until it answers", async () => {
    const { id } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => BROKEN;
    await release(project);
    await world.deliverWebhooks();
    const [{ headers }] = world.receiver.posts.splice(0) as [any];
    expect(await deliveries(id)).toMatchObject([
      { state: "pending", attempts: 1, status: 500, fault: "It answers 500.", id: headers["webhook-id"] },
    ]);
    expect(await sendAfter(11_000)).toHaveLength(0);
    world.nowMs += 8000;
    await world.deliverWebhooks();
    expect(world.receiver.posts.splice(0).map((post) => post.headers["webhook-id"])).toEqual([headers["webhook-id"]]);
    expect((await webhooks())[0]!.failing_since).not.toBeNull();
    world.receiver.answer = () => THANKS;
    expect(await sendAfter(55_000)).toHaveLength(1);
    expect(await deliveries(id)).toMatchObject([
      { state: "delivered", attempts: 3, status: 200, fault: null, next_at: null },
    ]);
    expect((await webhooks())[0]!.failing_since).toBeNull();
    expect(await sendAfter(DAY_MS)).toEqual([]);
  });

  test("is given up after ten attempts, over a day later", async () => {
    const { id } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => ({ kind: "unanswered", fault: "Nobody listens there." });
    await release(project);
    let sent = (await sendAfter(0)).length;
    for (let hours = 0; hours < 40; hours++) sent += (await sendAfter(HOUR_MS)).length;
    // Of the tries that fall into the same hour, some are missed here: they come at the next look.
    for (let more = 0; more < 20; more++) sent += (await sendAfter(13 * HOUR_MS)).length;
    expect(sent).toBe(10);
    expect(await deliveries(id)).toMatchObject([
      { state: "failed", attempts: 10, status: null, fault: "Nobody listens there.", next_at: null },
    ]);
    expect((await webhooks())[0]!.is_enabled).toBe(true);
  });

  test("of which nothing has arrived for days is disabled, which the audit log tells", async () => {
    const { id } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => BROKEN;
    for (let days = 0; days < 3; days++) {
      await release(project);
      for (let hours = 0; hours < 30; hours += 3) await sendAfter(3 * HOUR_MS);
    }
    for (let days = 0; days < 3; days++) await sendAfter(13 * HOUR_MS);
    const [webhook] = await webhooks();
    expect(webhook).toMatchObject({ is_enabled: false, disabled_reason: expect.stringContaining("It answers 500.") });
    expect(await audit("webhook.disable")).toMatchObject([
      { actor: "system", target: "https://hook.example.com/all", after: { reason: webhook!.disabled_reason } },
    ]);
    await release(project);
    expect(await sendAfter(DAY_MS)).toEqual([]);
    expect((await deliveries(id)).filter(({ state }) => state === "pending")).toEqual([]);
    const enabled = await ask("PUT", `/webhooks/${id}`, { is_enabled: true });
    expect(enabled).toMatchObject({ is_enabled: true, disabled_reason: null, failing_since: null });
    await release(project);
    expect(await sendAfter(0)).toHaveLength(1);
  });

  test("and is gone for good is disabled at once", async () => {
    await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => ({ ...BROKEN, status: 410 }) as typeof BROKEN;
    await release(project);
    await sendAfter(0);
    expect((await webhooks())[0]).toMatchObject({ is_enabled: false, disabled_reason: expect.stringContaining("410") });
  });

  test("is left alone for as long as it asks", async () => {
    await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => ({ kind: "answered", status: 429, text: "", retryAfterMs: HOUR_MS });
    await release(project);
    await sendAfter(0);
    expect(await sendAfter(HOUR_MS - 1)).toHaveLength(0);
    expect(await sendAfter(1)).toHaveLength(1);
  });
});

test("a receiver that hangs holds up no other, and its own events wait in their order", async () => {
  const hung = Promise.withResolvers<typeof THANKS>();
  world.receiver.answer = ({ url }) => (url.pathname === "/slow" ? hung.promise : THANKS);
  await add({ url: "https://hook.example.com/slow" });
  await add({ url: "https://hook.example.com/quick" });
  const { project } = await deploy();
  await release(project);
  const delivering = world.deliverWebhooks();
  const paths = () => world.receiver.posts.map(({ url }) => url.pathname);
  await world.receiver.hasReceived(3);
  expect(paths().toSorted()).toEqual(["/quick", "/quick", "/slow"]);
  // Whoever looks meanwhile does not send to it a second time.
  await world.deliverWebhooks();
  expect(paths()).toHaveLength(3);
  hung.resolve(THANKS);
  await delivering;
  const slow = world.receiver.posts.filter(({ url }) => url.pathname === "/slow");
  expect(slow.map(({ body }) => JSON.parse(body).type)).toEqual(["deploy.succeeded", "environment.released"]);
});

test("receivers of one workspace leave room for those of others", async () => {
  const hung = Promise.withResolvers<typeof THANKS>();
  world.receiver.answer = ({ url }) => (url.hostname === "slow.example.com" ? hung.promise : THANKS);
  for (let i = 0; i < 6; i++) await add({ url: `https://slow.example.com/${i}`, events: ["environment.released"] });
  const [bobs] = (await world.call("bob", "GET", "/workspaces")).body.workspaces;
  await world.call("bob", "POST", `/workspaces/${bobs.id}/webhooks`, {
    url: "https://another.example.com/",
    events: ["deploy.succeeded"],
  });
  const { project } = await deploy();
  await release(project);
  await world.deploy("bob", "bobs", { "index.html": `${Math.random()}` });
  const delivering = world.deliverWebhooks();
  const hosts = () => world.receiver.posts.map(({ url }) => url.hostname).toSorted();
  await world.receiver.hasReceived(5);
  // Who looks again finds no room.
  await world.deliverWebhooks();
  expect(hosts()).toEqual(["another.example.com", ...Array(4).fill("slow.example.com")]);
  hung.resolve(THANKS);
  await delivering;
  expect(new Set(world.receiver.posts.map(({ url }) => url.href)).size).toBe(7);
});

test("what a receiver has not answered when the server stops is sent again by the next, with the same id", async () => {
  const hung = Promise.withResolvers<typeof THANKS>();
  world.receiver.answer = () => hung.promise;
  const { id } = await add({ events: ["environment.released"] });
  const { project } = await deploy();
  await release(project);
  const delivering = world.deliverWebhooks();
  await world.receiver.hasReceived(1);
  await world.stopWebhooks();
  await delivering;
  await world.deliverWebhooks();
  expect(world.receiver.posts).toHaveLength(1);
  expect(await deliveries(id)).toMatchObject([{ state: "pending", attempts: 0 }]);
  expect(world.logged).toEqual([]);
  await world.restart();
  world.receiver.answer = () => THANKS;
  await world.deliverWebhooks();
  const [first, second] = world.receiver.posts.map(({ headers }) => headers["webhook-id"]);
  expect(second).toBe(first!);
  expect(await deliveries(id)).toMatchObject([{ state: "delivered", attempts: 1 }]);
});

test("what is being sent while its webhook is turned off is not sent again", async () => {
  const answer = Promise.withResolvers<typeof THANKS>();
  world.receiver.answer = () => answer.promise;
  const { id } = await add({ events: ["environment.released"] });
  const { project } = await deploy();
  await release(project);
  const delivering = world.deliverWebhooks();
  await world.receiver.hasReceived(1);
  await ask("PUT", `/webhooks/${id}`, { is_enabled: false });
  answer.resolve(BROKEN);
  await delivering;
  expect(await deliveries(id)).toMatchObject([{ state: "failed", next_at: null }]);
  await ask("PUT", `/webhooks/${id}`, { is_enabled: true });
  world.receiver.take();
  expect(await sendAfter(HOUR_MS)).toEqual([]);
});

test("what is wrong at an address that a webhook goes to no more is not held against the new one", async () => {
  const answer = Promise.withResolvers<typeof THANKS>();
  world.receiver.answer = () => answer.promise;
  const { id } = await add({ events: ["environment.released"] });
  const { project } = await deploy();
  await release(project);
  const delivering = world.deliverWebhooks();
  await world.receiver.hasReceived(1);
  await ask("PUT", `/webhooks/${id}`, { url: "https://new.example.com/" });
  answer.resolve({ ...BROKEN, status: 410 } as typeof BROKEN);
  await delivering;
  expect((await webhooks())[0]).toMatchObject({ is_enabled: true, disabled_reason: null, failing_since: null });
  world.receiver.take();
  world.receiver.answer = () => THANKS;
  expect(await sendAfter(HOUR_MS)).toHaveLength(1);
  expect(await deliveries(id)).toMatchObject([{ state: "delivered", attempts: 2 }]);
});
