import { expect, test } from "bun:test";
import { createClients } from "./clients.ts";
import { parseProxies } from "./proxies.ts";

/** What the server takes a request for that came from this machine, with these trusted proxies. */
async function received(trusted: string | undefined, headers: Record<string, string>, body?: string) {
  const proxies = trusted === undefined ? undefined : parseProxies(trusted)!;
  const clients = createClients(
    (request) => server.requestIP(request)?.address ?? null,
    proxies,
    () => "new",
  );
  await using server = Bun.serve({
    port: 0,
    async fetch(request) {
      const original = clients.received(request);
      return Response.json({
        url: original.url,
        host: original.headers.get("host"),
        address: clients.address(original),
        requestId: clients.requestId(original),
        method: original.method,
        body: await original.text(),
      });
    },
  });
  const response = await fetch(`http://127.0.0.1:${server.port}/a%2Fb?x=1`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Host: "inner.test", ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return (await response.json()) as Record<string, string>;
}

const FORWARDED = {
  "X-Forwarded-For": "203.0.113.7",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "shop.example.com",
};

test.each([undefined, "10.0.0.0/8"])("what a stranger says of itself counts nothing (trusted: %p)", async (trusted) => {
  expect(await received(trusted, FORWARDED)).toMatchObject({
    url: "http://inner.test/a%2Fb?x=1",
    host: "inner.test",
    address: "127.0.0.1",
  });
});

test("a trusted proxy tells address and scheme of the client, and never its host", async () => {
  expect(await received("127.0.0.0/8", FORWARDED, "a body")).toEqual({
    url: "https://inner.test/a%2Fb?x=1",
    host: "inner.test",
    address: "203.0.113.7",
    requestId: "new",
    method: "POST",
    body: "a body",
  });
});

test("what a trusted proxy does not tell is as it came", async () => {
  expect(await received("127.0.0.1", {})).toMatchObject({
    url: "http://inner.test/a%2Fb?x=1",
    host: "inner.test",
    address: "127.0.0.1",
  });
});

test("the first of several proxies was nearest to the client", async () => {
  const headers = { "X-Forwarded-Proto": "https, http" };
  expect(await received("127.0.0.1", headers)).toMatchObject({ url: "https://inner.test/a%2Fb?x=1" });
});

test.each([
  ["127.0.0.1", "from-the-proxy.1", "from-the-proxy.1"],
  ["127.0.0.1", "two words", "new"],
  ["127.0.0.1", undefined, "new"],
  ["10.0.0.0/8", "from-a-stranger", "new"],
  [undefined, "from-a-stranger", "new"],
])("where %p is trusted, a request with the id %p has the id %p", async (trusted, given, id) => {
  const headers: Record<string, string> = given === undefined ? {} : { "X-Request-Id": given };
  expect((await received(trusted, headers)).requestId).toBe(id);
});
