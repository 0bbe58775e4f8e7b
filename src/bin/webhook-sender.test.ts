import { afterAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createSelfSigned } from "#pki";
import { createForeignCheck } from "./own-addresses.ts";
import { createWebhookSender } from "./webhook-sender.ts";

const received: { readonly headers: Headers; readonly body: string }[] = [];
let endless = 0;
let followed = 0;

const receiver: Bun.Server<undefined> = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request): Promise<Response> {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/moved":
        return Response.redirect(`http://127.0.0.1:${receiver.port}/inner`, 302);
      case "/inner":
        followed++;
        return new Response("inner");
      case "/endless":
        return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024).fill((endless++, 97))) }));
      case "/silent-body":
        return new Response(new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode("beginning")) }));
      case "/busy":
        return new Response("later", { status: 429, headers: { "Retry-After": "120" } });
      default:
        received.push({ headers: request.headers, body: await request.text() });
        return new Response("<b>thanks</b>", { status: 202 });
    }
  },
});
/** Accepts connections and says nothing. */
const silent = createServer(() => {}).listen(0, "127.0.0.1");
await once(silent, "listening");
afterAll(async () => {
  await receiver.stop(true);
  silent.close();
});

const createSender = (isAllowedAddress: (address: string) => boolean) =>
  createWebhookSender({
    isAllowedAddress,
    onWake: () => {},
    patience: { connectMs: 5000, answerMs: 5000, bodyMs: 100 },
  });
const local = createSender((address) => address === "127.0.0.1");
const post = (url: string, sender = local, signal = new AbortController().signal) =>
  sender.send({ url: new URL(url), headers: { "content-type": "application/json" }, body: '{"ä":1}' }, signal);
const at = (path: string) => `http://127.0.0.1:${receiver.port}${path}`;
const unanswered = { kind: "unanswered", fault: "The host has no address that webhooks may go to." } as const;

describe("a request of a webhook", () => {
  test("brings its body and its headers, and the beginning of the answer back", async () => {
    expect(await post(at("/hook"))).toEqual({
      kind: "answered",
      status: 202,
      text: "<b>thanks</b>",
      retryAfterMs: 0,
    });
    expect(received[0]!.body).toBe('{"ä":1}');
    expect(received[0]!.headers.get("content-length")).toBe("8");
    expect(received[0]!.headers.get("host")).toBe(`127.0.0.1:${receiver.port}`);
  });

  test("follows no redirect", async () => {
    expect(await post(at("/moved"))).toMatchObject({ kind: "answered", status: 302 });
    expect(followed).toBe(0);
  });

  test("reads no more of an endless answer than is kept", async () => {
    const answer = await post(at("/endless"));
    expect(answer).toMatchObject({ kind: "answered", status: 200 });
    expect(answer.kind === "answered" && answer.text.length).toBe(4096);
    expect(endless).toBeLessThan(10_000);
  });

  test("is given up where the receiver says nothing for long", async () => {
    const patience = { connectMs: 5000, answerMs: 50, bodyMs: 50 };
    const hasty = createWebhookSender({ isAllowedAddress: () => true, onWake: () => {}, patience });
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    expect(await post(url, hasty)).toEqual({ kind: "unanswered", fault: "No answer within 50 ms." });
  });

  test("does not wait for the rest of an answer", async () => {
    expect(await post(at("/silent-body"))).toMatchObject({ kind: "answered", status: 200, text: "beginning" });
  });

  test("tells how long the receiver wants to be left alone", async () => {
    expect(await post(at("/busy"))).toMatchObject({ kind: "answered", status: 429, retryAfterMs: 120_000 });
  });

  test("tells that nobody listens", async () => {
    expect(await post("http://127.0.0.1:1/")).toEqual({ kind: "unanswered", fault: "Nobody listens there." });
  });

  test("ends with the signal, where the receiver says nothing", async () => {
    const ending = new AbortController();
    const sent = post(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/`, local, ending.signal);
    const [connection] = await once(silent, "connection");
    await once(connection, "data");
    ending.abort(new Error("the server stops"));
    await expect(sent).rejects.toThrow("the server stops");
  });
});

test("a request that somebody waits for is given up when they may wait no longer", async () => {
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const answer = await post(url, local, AbortSignal.timeout(50));
  expect(answer).toEqual({ kind: "unanswered", fault: "No answer in time." });
});

test("a receiver whose certificate nobody has signed is told nothing, nor is one by a name that may not be reached", async () => {
  const { chain, key } = await createSelfSigned(["localhost"], Date.now());
  const asked: string[] = [];
  await using secure = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { cert: chain, key: key.reveal() },
    fetch: (request) => new Response(String(asked.push(request.url))),
  });
  const url = `https://localhost:${secure.port}/`;
  expect(await post(url)).toMatchObject({ kind: "unanswered", fault: expect.stringContaining("certificate") });
  expect(await post(url, createSender(createForeignCheck([])))).toEqual(unanswered);
  expect(asked).toEqual([]);
});

describe("an address that webhooks may not go to", () => {
  const strict = createSender(createForeignCheck([]));

  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[2002:7f00:1::]/",
  ])("is %s", async (url) => {
    expect(strict.mayReach(new URL(url))).toBe(false);
    expect(await post(url, strict)).toEqual(unanswered);
  });

  test("is not reached by a name either, which is told like one that is not there", async () => {
    const url = `http://localhost:${receiver.port}/hook`;
    expect(strict.mayReach(new URL(url))).toBe(true);
    const before = received.length;
    expect(await post(url, strict)).toEqual(unanswered);
    expect(await post("http://does-not-exist.invalid/", strict)).toEqual(unanswered);
    expect(received).toHaveLength(before);
  });

  test("is reached by a name where the server's owner allows it", async () => {
    expect(await post(`http://localhost:${receiver.port}/hook`)).toMatchObject({ kind: "answered", status: 202 });
  });
});

test("who wakes the sender several times has it look soon, and once more for whoever was slow", async () => {
  let looks = 0;
  const woken = Promise.withResolvers<void>();
  const sender = createWebhookSender({
    isAllowedAddress: () => false,
    onWake: () => {
      looks++;
      if (looks === 2) woken.resolve();
    },
  });
  for (let i = 0; i < 5; i++) sender.wake();
  await woken.promise;
  expect(looks).toBe(2);
});
