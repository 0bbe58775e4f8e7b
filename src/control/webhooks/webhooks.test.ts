import { createHmac } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { THANKS } from "./test-receiver.ts";
import { startWebhooks } from "./test-webhooks.ts";

const { world, workspaceId, call, ask, webhooks, add, audit, deploy, release, sendAfter, reset } =
  await startWebhooks();
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(reset);

describe("a webhook", () => {
  test("shows its secret once, and neither that nor its URL is told anywhere else", async () => {
    const made = await add({ url: "https://hook.example.com/in?token=t0ken" });
    const chat = await add({ url: "https://hooks.slack.com/services/t0ken", format: "slack" });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(chat.secret).toBeNull();
    expect((await webhooks()).map(({ url }) => url)).toEqual([
      "https://hook.example.com/in?…",
      "https://hooks.slack.com/…",
    ]);
    await ask("POST", `/webhooks/${made.id}/test`);
    expect(world.receiver.posts[0]!.url.href).toBe("https://hook.example.com/in?token=t0ken");
    const everything = JSON.stringify([await webhooks(), await audit("*"), world.logged, await world.snapshot()]);
    expect(everything).not.toContain("t0ken");
    expect(everything).not.toContain(made.secret.slice("whsec_".length));
  });

  test("is given the secret of a Feishu bot, which is not shown", async () => {
    const { id, secret, is_signed } = await add({ format: "feishu", secret: "fei-shu" });
    expect([secret, is_signed]).toEqual([null, true]);
    world.receiver.answer = () => ({ ...THANKS, text: '{"code":0}' }) as typeof THANKS;
    expect(await ask("POST", `/webhooks/${id}/test`)).toMatchObject({ state: "delivered" });
    const [{ timestamp, sign }] = world.receiver.take();
    expect(sign).toBe(createHmac("sha256", `${timestamp}\nfei-shu`).update("").digest("base64"));
  });

  test.each([
    [{ url: "ftp://example.com" }, "must begin with https:// or http://"],
    [{ url: "http://127.0.0.1/hook" }, "127.0.0.1 is no address of the public internet"],
    [{ events: ["deploy.exploded"] }, "events"],
    [{ events: [] }, "events"],
    [{ format: "slack", secret: "x" }, "Slack checks none"],
    [{ secret: "x" }, "the server makes one"],
    [{ extra: 1 }, "extra"],
  ])("cannot be %j", async (wish, fault) => {
    const refused = await call("POST", "/webhooks", { url: "https://hook.example.com/all", ...wish });
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(fault)]);
  });

  test("is of no site that the workspace does not have", async () => {
    await world.makeSite("bob", "bobs");
    expect(await call("POST", "/webhooks", { url: "https://hook.example.com", project: "bobs" })).toMatchObject({
      status: 404,
    });
  });

  test("can be changed, which the audit log tells, and goes with what was sent to it", async () => {
    const { project } = await deploy();
    const { id } = await add();
    await ask("POST", `/webhooks/${id}/test`);
    const changed = await ask("PUT", `/webhooks/${id}`, {
      url: "https://new.example.com/",
      events: ["deploy.failed", "deploy.failed"],
      project,
      is_enabled: false,
    });
    expect(changed).toMatchObject({
      url: "https://new.example.com/",
      events: ["deploy.failed"],
      project,
      is_enabled: false,
    });
    expect(await ask("PUT", `/webhooks/${id}`, { project: null })).toMatchObject({ project: null });
    expect((await audit("webhook.update"))[1]).toMatchObject({
      before: { url: "https://hook.example.com/all", events: ["*"], is_enabled: true },
      after: { url: "https://new.example.com/", project },
    });
    await ask("DELETE", `/webhooks/${id}`);
    expect((await call("GET", `/webhooks/${id}/deliveries`)).status).toBe(404);
    const left = world.tryQuery((query) =>
      query.selectFrom("webhook_deliveries").where("webhook_id", "=", id).select("id"),
    );
    expect(await left).toEqual([]);
  });

  test("of a site is there again with the site, and goes when that goes for good", async () => {
    const { project } = await deploy();
    const { id } = await add({ project, events: ["environment.released"] });
    await world.call("ann", "DELETE", `/projects/${project}`);
    await world.call("ann", "POST", `/bin/${project}/restore`);
    await release(project);
    expect(await sendAfter(0)).toHaveLength(1);
    await world.call("ann", "DELETE", `/projects/${project}`);
    expect((await webhooks()).map((webhook) => webhook.id)).toEqual([id]);
    expect((await world.call("ann", "DELETE", `/bin/${project}`)).status).toBe(200);
    expect(await webhooks()).toEqual([]);
  });

  test("is one of twenty at most", async () => {
    for (let i = 0; i < 20; i++) await add();
    expect(await call("POST", "/webhooks", { url: "https://hook.example.com" })).toMatchObject({ status: 409 });
  });

  test("is nothing that a developer sees", async () => {
    const { url } = await ask("POST", "/invitations", { role: "developer" });
    await world.call("dev", "POST", "/invitations/accept", { invitation: url.split("#")[1] });
    expect((await world.call("dev", "GET", `/workspaces/${workspaceId}/webhooks`)).status).toBe(403);
  });
});

test("a webhook whose key is lost says so, rather than sending what cannot be checked", async () => {
  const { id } = await add();
  await world.restart({}, "another secret of the server, as long");
  expect(await ask("POST", `/webhooks/${id}/test`)).toMatchObject({
    state: "failed",
    fault: expect.stringContaining("Make the webhook anew."),
  });
  expect(world.receiver.posts).toEqual([]);
  await world.restart();
});
