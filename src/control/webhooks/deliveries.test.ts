import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { Api } from "#wire";
import { BROKEN, THANKS } from "./test-receiver.ts";
import { startWebhooks } from "./test-webhooks.ts";

const DAY_MS = 24 * 60 * 60_000;

const { world, webhooks, call, ask, add, deliveries, audit, deploy, release, sendAfter, reset } = await startWebhooks();
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(reset);

describe("by hand", () => {
  test("a test is sent at once and once, and its answer shown as it is", async () => {
    const { id } = await add();
    world.receiver.answer = () => ({ ...BROKEN, text: "\0<script>alert(1)</script>" }) as typeof BROKEN;
    const sent = await ask("POST", `/webhooks/${id}/test`);
    expect(sent).toMatchObject({
      event: "webhook.test",
      state: "failed",
      attempts: 1,
      status: 500,
      answer: "�<script>alert(1)</script>",
    });
    expect(JSON.parse(sent.request)).toEqual(world.receiver.take()[0]);
    expect((await webhooks())[0]).toMatchObject({ is_enabled: true, failing_since: null });
    expect(await sendAfter(DAY_MS)).toEqual([]);
    expect(await audit("webhook.test")).toMatchObject([{ after: { delivery: sent.id } }]);
  });

  test("a delivery is sent again with its id, also one that had arrived", async () => {
    const { id } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    await release(project);
    await sendAfter(0);
    const delivery = (await deliveries(id))[0]!.id;
    world.receiver.answer = () => BROKEN;
    const again = await ask("POST", `/webhooks/${id}/deliveries/${delivery}/redeliver`);
    expect(again).toMatchObject({ id: delivery, state: "failed", attempts: 2, status: 500 });
    expect(world.receiver.posts.splice(0).map(({ headers }) => headers["webhook-id"])).toEqual([delivery]);
    expect(await sendAfter(2 * DAY_MS)).toEqual([]);
    world.receiver.answer = () => THANKS;
    expect(await ask("POST", `/webhooks/${id}/deliveries/${delivery}/redeliver`)).toMatchObject({ state: "delivered" });
    expect(await audit("webhook.redeliver")).toHaveLength(2);
  });

  test("what was to be sent again anyway still is, where it fails", async () => {
    const { id } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => BROKEN;
    await release(project);
    await sendAfter(0);
    const delivery = (await deliveries(id))[0]!.id;
    expect(await ask("POST", `/webhooks/${id}/deliveries/${delivery}/redeliver`)).toMatchObject({ state: "pending" });
    world.receiver.take();
    expect(await sendAfter(60_000)).toHaveLength(1);
  });
});

test("the log of a webhook is read page by page, and keeps its newest thousand of thirty days", async () => {
  const { id } = await add();
  for (let i = 0; i < 3; i++) await ask("POST", `/webhooks/${id}/test`);
  const [newest, middle, oldest] = (await deliveries(id)) as [
    Api.WebhookDelivery,
    Api.WebhookDelivery,
    Api.WebhookDelivery,
  ];
  expect((await deliveries(id, "?limit=1")).map((delivery) => delivery.id)).toEqual([newest.id]);
  expect((await deliveries(id, `?before=${newest.id}`)).map((delivery) => delivery.id)).toEqual([middle.id, oldest.id]);
  expect(await deliveries(id, "?state=failed")).toEqual([]);
  expect((await ask("GET", `/webhooks/${id}/deliveries/${oldest.id}`)).answer).toBe("thanks");
  const row = {
    webhook_id: id,
    event: "webhook.test",
    message: "{}",
    created_at: new Date(world.nowMs).toISOString(),
    state: "delivered" as const,
    next_at: "",
    attempted_at: null,
    duration_ms: null,
    status: null,
    answer: null,
    fault: null,
  };
  const rows = Array.from({ length: 997 }, (_, i) => ({ ...row, id: `msg_${i}` }));
  await world.tryQuery((query) => query.insertInto("webhook_deliveries").values(rows));
  expect((await call("GET", `/webhooks/${id}/deliveries/${oldest.id}`)).status).toBe(200);
  await ask("POST", `/webhooks/${id}/test`);
  expect((await call("GET", `/webhooks/${id}/deliveries/${oldest.id}`)).status).toBe(404);
  expect((await ask("GET", `/webhooks/${id}/deliveries/${middle.id}`)).id).toBe(middle.id);
  world.nowMs += 31 * DAY_MS;
  await world.cleanUp();
  expect(await deliveries(id)).toEqual([]);
});
