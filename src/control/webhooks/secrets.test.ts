import { createHmac } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import type { WebhookPost } from "./sender.ts";
import { BROKEN, THANKS } from "./test-receiver.ts";
import { startWebhooks } from "./test-webhooks.ts";

const HOUR_S = 60 * 60;
const DAY_MS = 24 * HOUR_S * 1000;

const { world, call, ask, webhooks, add, audit, deliveries, deploy, release, reset } = await startWebhooks();
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(reset);

const rotate = (id: string, request: object = {}) => ask("POST", `/webhooks/${id}/secret`, request);

/** Which of the secrets a message is signed by, in the order of its signatures, by their indexes; -1: none of them. */
function signersOf({ headers, body }: WebhookPost, secrets: readonly string[]): number[] {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  });
  return headers["webhook-signature"]!.split(" ").map((signature) => signatures.indexOf(signature));
}

async function signersOfTest(id: string, secrets: readonly string[]): Promise<number[]> {
  await ask("POST", `/webhooks/${id}/test`);
  return signersOf(world.receiver.posts.splice(0)[0]!, secrets);
}

const oldSecrets = () => world.tryQuery((query) => query.selectFrom("webhook_old_secrets").selectAll());

describe("a secret that is replaced", () => {
  test("signs beside the new one for a day, and is then forgotten", async () => {
    const { id, secret: first } = await add();
    const { secret: second, old_secret_until: until } = await rotate(id);
    expect(second).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(until).toBe(new Date(world.nowMs + DAY_MS).toISOString());
    expect(await signersOfTest(id, [first, second])).toEqual([1, 0]);
    world.nowMs += DAY_MS - 1;
    await world.cleanUp();
    expect(await signersOfTest(id, [first, second])).toEqual([1, 0]);
    world.nowMs += 1;
    expect(await signersOfTest(id, [first, second])).toEqual([1]);
    expect((await webhooks())[0]!.old_secret_until).toBeNull();
    await world.cleanUp();
    expect(await oldSecrets()).toEqual([]);
  });

  test("signs no longer than is asked for, which ends those before it too", async () => {
    const { id, secret: first } = await add();
    const { secret: second } = await rotate(id);
    const { secret: third, old_secret_until: until } = await rotate(id, { old_expires_in: HOUR_S });
    expect(until).toBe(new Date(world.nowMs + HOUR_S * 1000).toISOString());
    expect((await signersOfTest(id, [first, second, third])).toSorted()).toEqual([0, 1, 2]);
    const { secret: fourth, old_secret_until: none } = await rotate(id, { old_expires_in: 0 });
    expect([none, await oldSecrets()]).toEqual([null, []]);
    expect(await signersOfTest(id, [first, second, third, fourth])).toEqual([3]);
  });

  test("is one of four at most", async () => {
    const { id } = await add();
    for (let i = 0; i < 4; i++) await rotate(id);
    expect(await call("POST", `/webhooks/${id}/secret`, {})).toMatchObject({ status: 409 });
    expect(await rotate(id, { old_expires_in: 0 })).toMatchObject({ old_secret_until: null });
  });

  test("signs what is sent again as what is new", async () => {
    const { id, secret: first } = await add({ events: ["environment.released"] });
    const { project } = await deploy();
    world.receiver.answer = () => BROKEN;
    await release(project);
    await world.deliverWebhooks();
    const { secret: second } = await rotate(id);
    world.receiver.answer = () => THANKS;
    world.nowMs += 60_000;
    await world.deliverWebhooks();
    const [delivery] = await deliveries(id);
    await ask("POST", `/webhooks/${id}/deliveries/${delivery!.id}/redeliver`);
    expect(world.receiver.posts.map((post) => signersOf(post, [first, second]))).toEqual([[0], [1, 0], [1, 0]]);
  });

  test("is told nowhere, though the audit log has that it was", async () => {
    const { id, secret: first } = await add();
    const { secret: second } = await rotate(id);
    expect((await audit("webhook.rotate"))[0]).toMatchObject({
      target: "https://hook.example.com/all",
      after: { old_secret_until: new Date(world.nowMs + DAY_MS).toISOString() },
    });
    const everything = JSON.stringify([await webhooks(), await audit("*"), world.logged, await world.snapshot()]);
    for (const secret of [first, second]) expect(everything).not.toContain(secret.slice("whsec_".length));
  });

  test("is gone with its webhook", async () => {
    const { id } = await add();
    await rotate(id);
    await ask("DELETE", `/webhooks/${id}`);
    expect(await oldSecrets()).toEqual([]);
  });
});

describe("the secret of a chat", () => {
  test("of Feishu is replaced by the one that Feishu has made, at once", async () => {
    const { id } = await add({ format: "feishu", secret: "old" });
    expect(await rotate(id, { secret: "new" })).toMatchObject({ secret: null, old_secret_until: null });
    await ask("POST", `/webhooks/${id}/test`);
    const [{ timestamp, sign }] = world.receiver.take();
    expect(sign).toBe(createHmac("sha256", `${timestamp}\nnew`).update("").digest("base64"));
  });

  test.each([
    [{ format: "slack" }, {}, "no secret but its URL"],
    [{ format: "discord" }, {}, "no secret but its URL"],
    [{ format: "feishu" }, {}, "Feishu makes the secret"],
    [{ format: "feishu" }, { secret: "new", old_expires_in: 60 }, "bears one signature"],
    [{}, { secret: "mine" }, "the server makes one"],
    [{}, { old_expires_in: 31 * 24 * HOUR_S }, "old_expires_in"],
  ])("of %j is not replaced by %j", async (wish, request, fault) => {
    const { id } = await add(wish);
    const refused = await call("POST", `/webhooks/${id}/secret`, request);
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(fault)]);
  });
});
