import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startWebhooks } from "../../../src/control/webhooks/test-webhooks.ts";
import { testDatabases } from "../../../src/control/test-database.ts";
import { type Postgres, postgresIsMissing, startPostgres } from "../../harness/postgres.ts";
import { createTestDatabases } from "../../harness/test-database.ts";
import { waitUntil } from "../../harness/wait-until.ts";

const WEBHOOKS = 3;
const RELEASES = 6;
const reason = postgresIsMissing === undefined ? "" : ` (skipped: ${postgresIsMissing})`;

describe.skipIf(postgresIsMissing !== undefined)(`webhooks of two control planes${reason}`, () => {
  let postgres: Postgres;
  const openBefore = testDatabases.open;
  beforeAll(async () => {
    postgres = await startPostgres();
    testDatabases.open = createTestDatabases(postgres);
  });
  afterAll(async () => {
    testDatabases.open = openBefore;
    await postgres[Symbol.asyncDispose]();
  });

  test("are told everything once and in order, whichever of them it happens at, while both look for it", async () => {
    const { world: one, webhooks, add, deploy, deliveries } = await startWebhooks();
    await using _ = one;
    await using other = await one.startAnother();
    const sent: { readonly to: string; readonly version: string; readonly id: string }[] = [];
    for (const world of [one, other]) {
      world.receiver.answer = async ({ url, body, headers }) => {
        await Bun.sleep(1);
        sent.push({ to: url.pathname, version: JSON.parse(body).data.version, id: headers["webhook-id"]! });
        return { kind: "answered", status: 200, text: "", retryAfterMs: 0 };
      };
    }
    for (let i = 0; i < WEBHOOKS; i++) {
      await add({ url: `https://hook.example.com/${i}`, events: ["environment.released"] });
    }
    const looks: Promise<void>[] = [];
    for (let i = 0; i < RELEASES; i++) {
      const { project } = await deploy("shop");
      const where = i % 2 === 0 ? one : other;
      expect((await where.call("ann", "POST", "/release", { project, environment: "prod" })).status).toBe(200);
      looks.push(one.deliverWebhooks(), other.deliverWebhooks());
    }
    await Promise.all(looks);
    await waitUntil("all is sent", async () => {
      await Promise.all([one.deliverWebhooks(), other.deliverWebhooks()]);
      const lists = await Promise.all((await webhooks()).map(({ id }) => deliveries(id)));
      return lists.flat().every(({ state, attempts }) => state === "delivered" && attempts === 1);
    });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(WEBHOOKS * RELEASES);
    expect(sent).toHaveLength(WEBHOOKS * RELEASES);
    for (let i = 0; i < WEBHOOKS; i++) {
      const versions = sent.filter(({ to }) => to === `/${i}`).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: RELEASES }, (_each, n) => `v${n + 1}`));
    }
  });

  test("are signed by both secrets at either, when one is replaced by another", async () => {
    const { world: one, workspaceId, add } = await startWebhooks();
    await using _ = one;
    await using other = await one.startAnother();
    const { id } = await add();
    const at = (world: typeof one, call: string) =>
      world.call("ann", "POST", `/workspaces/${workspaceId}/webhooks/${id}/${call}`, {});
    // Of two at once, one comes after the other: neither is lost, and the first is kept once.
    const rotated = await Promise.all([at(one, "secret"), at(other, "secret")]);
    expect(rotated.map(({ status }) => status)).toEqual([200, 200]);
    expect((await at(other, "test")).body.state).toBe("delivered");
    expect(other.receiver.posts[0]!.headers["webhook-signature"]!.split(" ")).toHaveLength(3);
  });
});
