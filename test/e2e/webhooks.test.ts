import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Api } from "#wire";
import { register } from "../harness/account.ts";
import { type CommandLine, commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { writeTree } from "../harness/file-tree.ts";
import { type Server, startServer } from "../harness/server.ts";
import { waitUntil } from "../harness/wait-until.ts";

interface Received {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A receiver that is a process's own: some of its paths fail, hang, or lead elsewhere. */
const received: Received[] = [];
let letGo = Promise.withResolvers<void>();
const receiver: Bun.Server<undefined> = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  async fetch(request): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    received.push({ path, headers: request.headers, body: await request.text() });
    if (path === "/moved") return Response.redirect(`http://127.0.0.1:${receiver.port}/inner`, 307);
    if (path === "/hanging") await letGo.promise;
    if (path === "/failing") return new Response("<img src=x onerror=alert(1)>\x1b[2J", { status: 500 });
    return new Response("thanks");
  },
});
const at = (path: string) => `http://127.0.0.1:${receiver.port}${path}`;
const receivedAt = (path: string) => received.filter((request) => request.path === path);
const typesAt = (path: string): string[] => receivedAt(path).map(({ body }) => JSON.parse(body).type);

let server: Server;
let ann: CommandLine;
let token: string;
const flags = ["--allow-webhooks-to", "127.0.0.1"];

beforeAll(async () => {
  server = await startServer({ flags });
  ({ token } = await register(server.url, "ann@example.com"));
  ann = await commandLine({ endpoint: server.url, token });
});
afterAll(async () => {
  letGo.resolve();
  for (const resource of [ann, server]) await resource?.[Symbol.asyncDispose]();
  await receiver.stop(true);
});
beforeEach(async () => {
  letGo = Promise.withResolvers<void>();
  received.length = 0;
  const { webhooks } = (await ann.run(["webhook", "list", "--json"])).json as Api.WebhookList;
  for (const { id } of webhooks) await ann.run(["webhook", "remove", id, "--yes"]);
});

async function add(path: string, ...args: string[]): Promise<Api.WebhookCreated> {
  const added = await ann.run(["webhook", "add", at(path), ...args, "--json"]);
  expect(added.code).toBe(0);
  return added.json as Api.WebhookCreated;
}

describe("a webhook", () => {
  test("tells a receiver what is deployed and released, signed by the secret that was shown", async () => {
    const added = await ann.run(["webhook", "add", at("/hook"), "--event", "deploy.succeeded", "environment.released"]);
    const secret = added.stdout.trim();
    expect(secret).toStartWith("whsec_");
    await writeTree(join(ann.home, "dist"), { "index.html": "one" });
    expect((await ann.run(["deploy", "dist", "-n", "shop", "--prod", "-m", "First <b>one</b>"])).code).toBe(0);
    await waitUntil("both have arrived", () => receivedAt("/hook").length === 2);
    expect(typesAt("/hook")).toEqual(["deploy.succeeded", "environment.released"]);
    for (const { headers, body } of receivedAt("/hook")) {
      const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      const signature = createHmac("sha256", key).update(signed).digest("base64");
      expect(headers.get("webhook-signature")).toBe(`v1,${signature}`);
      expect(Math.abs(Date.now() / 1000 - Number(headers.get("webhook-timestamp")))).toBeLessThan(60);
      expect(JSON.parse(body).data).toMatchObject({ project: "shop", release: { message: "First <b>one</b>" } });
    }
    const list = await ann.run(["webhook", "deliveries", at("/hook"), "--json"]);
    expect((list.json as Api.WebhookDeliveryList).deliveries).toMatchObject([
      { event: "environment.released", state: "delivered", status: 200, attempts: 1 },
      { event: "deploy.succeeded", state: "delivered", status: 200, attempts: 1 },
    ]);
    expect(server.output()).not.toContain(secret.slice("whsec_".length));
  });

  test("is signed by both secrets while one is replaced by another", async () => {
    const { id, secret } = await add("/hook", "--event", "deploy.failed");
    const rotated = await ann.run(["webhook", "rotate-secret", id]);
    expect([rotated.code, rotated.stdout]).toEqual([0, expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=\n$/)]);
    expect((await ann.run(["webhook", "test", id])).code).toBe(0);
    const [{ headers, body }] = receivedAt("/hook") as [Received];
    const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
    const signatures = [rotated.stdout.trim(), secret!].map((text) => {
      const key = Buffer.from(text.slice("whsec_".length), "base64");
      return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    });
    expect(headers.get("webhook-signature")).toBe(signatures.join(" "));
  });

  test("is not sent on to where a receiver redirects", async () => {
    const { id } = await add("/moved");
    const tested = await ann.run(["webhook", "test", id, "--json"]);
    expect(tested.code).toBe(1);
    expect(tested.json).toMatchObject({ status: 307, fault: "It answers 307: redirects are not followed." });
    expect(receivedAt("/inner")).toEqual([]);
  });

  test("tells who asks what a failing receiver answers, and is sent again by hand", async () => {
    const { id } = await add("/failing");
    const tested = await ann.run(["webhook", "test", id]);
    expect([tested.code, tested.stdout]).toEqual([
      1,
      expect.stringContaining("<img src=x onerror=alert(1)>\\u{1b}[2J"),
    ]);
    const [delivery] = receivedAt("/failing");
    const messageId = delivery!.headers.get("webhook-id")!;
    await ann.run(["webhook", "change", id, "--url", at("/hook")]);
    expect((await ann.run(["webhook", "redeliver", id, messageId])).code).toBe(0);
    expect(receivedAt("/hook")[0]!.headers.get("webhook-id")).toBe(messageId);
  });

  test.each(["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://[::ffff:10.0.0.1]/"])(
    "does not go to %s, as the server's owner has not allowed it",
    async (url) => {
      const refused = await ann.run(["webhook", "add", url]);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("--allow-webhooks-to")]);
    },
  );
});

test("what happened is told after the server was killed, and a receiver that hangs holds up no other", async () => {
  const places = deployClient({ endpoint: server.url, token });
  await add("/hanging");
  await add("/hook");
  await places.deploy("bakery", { "index.html": "one" }, "prod");
  await waitUntil("the one hangs, the other has both", () => receivedAt("/hook").length === 2);
  await waitUntil("the one hangs", () => receivedAt("/hanging").length === 1);
  const idOf = ({ headers }: Received) => headers.get("webhook-id");
  await server.kill();
  letGo.resolve();
  await using again = await startServer({ data: server.data, flags, port: server.port });
  await waitUntil("the rest has arrived", () => receivedAt("/hanging").length === 3);
  expect(typesAt("/hanging")).toEqual(["deploy.succeeded", "deploy.succeeded", "environment.released"]);
  // What the killed server has not heard an answer to is sent again, with the same id.
  expect(new Set(receivedAt("/hanging").map(idOf)).size).toBe(2);
  expect(new Set(receivedAt("/hook").map(idOf)).size).toBe(2);
  expect(again.url).toBe(server.url);
});
