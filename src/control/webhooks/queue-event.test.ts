import { createHmac } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { startWebhooks } from "./test-webhooks.ts";

const DAY_MS = 24 * 60 * 60_000;

const { world, workspaceId, add, deliveries, deploy, release, sendAfter, reset } = await startWebhooks();
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(reset);

describe("what happens", () => {
  test("is told in order, with what a receiver would else ask for, and the signature of its secret", async () => {
    const { secret } = await add();
    const { project, image_id } = await deploy();
    await release(project);
    await world.call("ann", "POST", "/preview", { project, image_id, slug: "look" });
    await world.call("ann", "DELETE", `/previews/look?project=${project}`);
    await deploy(project);
    await release(project);
    await world.call("ann", "POST", "/rollback", { project, environment: "prod" });
    expect(world.receiver.wakes).toBeGreaterThan(0);
    await world.deliverWebhooks();
    const [first] = world.receiver.posts;
    const told = world.receiver.posts.map(({ body }) => JSON.parse(body));
    expect(told.map(({ type }) => type)).toEqual([
      "deploy.succeeded",
      "environment.released",
      "preview.created",
      "preview.deleted",
      "deploy.succeeded",
      "environment.released",
      "environment.rolled_back",
    ]);
    expect(told[1]).toMatchObject({
      timestamp: expect.stringMatching(/^2030-/),
      data: {
        workspace_id: workspaceId,
        project,
        actor: "ann@example.org",
        environment: "prod",
        version: "v1",
        previous_version: null,
        url: `https://${project}.sites.test`,
        release: { image_id, url: `https://${project}--v1.sites.test`, files_count: 1 },
      },
    });
    expect(told[2].data).toMatchObject({ slug: "look", version: "v1", expires_at: expect.any(String) });
    expect(told[6].data).toMatchObject({ version: "v1", previous_version: "v2" });

    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = first!.headers;
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${first!.body}`).digest("base64");
    expect(signature).toBe(`v1,${signed}`);
    expect(Number(timestamp)).toBe(Math.floor(world.nowMs / 1000));
  });

  test("is told of domains and approvals too", async () => {
    await add({ events: ["domain.added", "domain.verified", "domain.removed"] });
    await add({ url: "https://hook.example.com/approvals", events: ["approval.requested", "approval.withdrawn"] });
    const { project } = await deploy();
    await world.addProved("ann", project, "shop.example.net");
    await world.call("ann", "POST", "/domains/shop.example.net/verify");
    await world.call("ann", "DELETE", "/domains/shop.example.net");
    await world.call("ann", "PUT", "/guards", { project, environment: "prod", guard: { kind: "approval" } });
    const { approval_id } = (await release(project)).body;
    await world.call("ann", "POST", `/approvals/${approval_id}/refuse`, { comment: "not now" });
    const told = await sendAfter(0);
    const of = (family: string) => told.filter(({ type }) => type.startsWith(family));
    expect(of("domain").map(({ type, data }) => [type, data.domain, data.url])).toEqual([
      ["domain.added", "shop.example.net", "https://shop.example.net"],
      ["domain.verified", "shop.example.net", "https://shop.example.net"],
      ["domain.removed", "shop.example.net", "https://shop.example.net"],
    ]);
    expect(of("approval").map(({ type, data }) => [type, data])).toMatchObject([
      ["approval.requested", { approval_id, environment: "prod", version: "v1", action: "release" }],
      ["approval.withdrawn", { approval_id, comment: "not now", requested_by: "ann@example.org" }],
    ]);
    expect(of("approval")[0].data.url).toBe(`https://${project}--v1.sites.test`);
  });

  test("is told also where a deploy fails, with the reason", async () => {
    await add({ events: ["deploy.failed"] });
    await deploy("failing");
    const files = [{ path: "index.html", blake3: "0".repeat(64), size: 1 }];
    const { plan_id } = (await world.call("ann", "POST", "/plan", { project: "failing", files })).body;
    expect((await world.call("ann", "POST", "/commit", { plan_id })).status).toBe(409);
    const [told] = await sendAfter(0);
    expect(told).toMatchObject({
      type: "deploy.failed",
      data: { project: "failing", deploy_id: plan_id, reason: expect.stringContaining("have not been uploaded") },
    });
  });

  test("is told only of the site, only the events that are asked for, and to nobody of another workspace", async () => {
    const [mine, other] = [await deploy(), await deploy()];
    await add({ project: mine.project, events: ["environment.released"] });
    const [bobs] = (await world.call("bob", "GET", "/workspaces")).body.workspaces;
    await world.call("bob", "POST", `/workspaces/${bobs.id}/webhooks`, {
      url: "https://bob.example.com/",
      events: ["environment.released"],
    });
    for (const { project } of [mine, other]) await release(project);
    await deploy(mine.project);
    expect((await sendAfter(0)).map(({ type, data }) => [type, data.project])).toEqual([
      ["environment.released", mine.project],
    ]);
  });

  test("is not told where it was undone, and is undone where it cannot be told", async () => {
    const { id } = await add();
    const { project } = await deploy();
    await sendAfter(0);
    for (const table of ["audit_events", "webhook_deliveries"] as const) {
      const goOn = await world.failInserts(table);
      const refused = await world.call("ann", "POST", "/domains", { project, domain: "undone.example.net" });
      await goOn();
      expect([table, refused.status]).toEqual([table, 500]);
    }
    expect(await sendAfter(DAY_MS)).toEqual([]);
    expect(await deliveries(id)).toHaveLength(1);
    const { domains } = (await world.call("ann", "GET", `/domains?project=${project}`)).body;
    expect(domains.map(({ domain }: any) => domain)).not.toContain("undone.example.net");
  });

  test("costs one query where nobody wants to be told of it", async () => {
    const { project } = await deploy();
    const statements = await world.statementsOf(() => release(project));
    const asked = statements.filter((statement) => statement.includes('"name":"webhook'));
    expect(asked.map((statement) => JSON.parse(statement).kind)).toEqual(["SelectQueryNode"]);
  });
});
