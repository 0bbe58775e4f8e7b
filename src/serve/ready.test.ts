import { beforeEach, describe, expect, test } from "bun:test";
import { refKey } from "#model";
import { createWorld, DOMAIN, type World } from "./world.ts";

const HOST = `docs.${DOMAIN}`;
const URL = `http://${HOST}/a.txt`;
let world: World;

beforeEach(async () => {
  world = createWorld();
  world.point("docs", "prod", world.store({ "a.txt": "one" }));
  world.nowMs += 60_000;
});

/** Asks for what is ready alone. */
async function findReady(url = URL, host = HOST, method = "GET"): Promise<string | undefined> {
  return await (await world.edge.fetchReady(new Request(url, { method, headers: { Host: host } })))?.text();
}

/** An answer is made at the first request, and found by its URL from the second on. */
async function visitTwice(url = URL): Promise<void> {
  for (let i = 0; i < 2; i++) await (await world.get(url)).text();
}

test("a URL that was asked for before is answered from memory", async () => {
  expect(await findReady()).toBeUndefined();
  await visitTwice();
  world.reads.length = 0;
  expect(await findReady()).toBe("one");
  expect(await findReady(URL, HOST, "HEAD")).toBe("");
  expect(world.reads).toEqual([]);
});

test("another spelling of the host is looked at, though the URL is the same", async () => {
  await visitTwice();
  expect(await findReady(URL, HOST.toUpperCase())).toBeUndefined();
  expect(await findReady(URL, `${HOST}, ${HOST}`)).toBeUndefined();
});

test("what does not read is looked at", async () => {
  await visitTwice();
  expect(await findReady(URL, HOST, "POST")).toBeUndefined();
});

describe("nothing is ready any more", () => {
  test("once the pointer was moved, or is 5 s old", async () => {
    await visitTwice();
    world.point("docs", "prod", world.store({ "a.txt": "two" }));
    world.nowMs += 4999;
    expect(await findReady()).toBe("one");
    world.nowMs += 1;
    expect(await findReady()).toBeUndefined();
    await visitTwice();
    expect(await findReady()).toBe("two");
    world.edge.forget(refKey("docs", "prod"));
    expect(await findReady()).toBeUndefined();
  });

  test("of what was being read when the pointer was moved", async () => {
    await visitTwice();
    world.nowMs += 5000;
    const { reached, letGo } = world.holdNextRead();
    const before = world.get(URL);
    await reached;
    world.point("docs", "prod", world.store({ "a.txt": "two" }));
    world.edge.forget(refKey("docs", "prod"));
    letGo();
    expect(await (await before).text()).toBe("one");
    expect(await findReady()).toBeUndefined();
    expect(await (await world.get(URL)).text()).toBe("two");
  });

  test("of a custom domain, once either it or the site was moved", async () => {
    const [url, host] = ["http://example.com/a.txt", "example.com"];
    for (const key of [refKey("docs", "prod"), "hosts/example.com.json"]) {
      world.mount(host, { path: "/", label: "docs", environment: "prod" });
      await visitTwice(url);
      expect(await findReady(url, host)).toBe("one");
      world.edge.forget(key);
      expect(await findReady(url, host)).toBeUndefined();
    }
  });
});

describe("never ready is", () => {
  test("what a visitor needs a password for", async () => {
    world.protect("docs", "prod", { secret: "00".repeat(32), password_hash: "$argon2id$x" });
    await visitTwice();
    expect(await findReady()).toBeUndefined();
  });

  test("what rules decide", async () => {
    world.point("docs", "prod", world.store({ "a.txt": "one", _headers: "/*\n  X-A: b\n" }));
    world.edge.forget(refKey("docs", "prod"));
    await visitTwice();
    expect(await findReady()).toBeUndefined();
  });

  test("a site below a path of a custom domain", async () => {
    world.mount("example.com", { path: "/docs", label: "docs", environment: "prod" });
    await visitTwice("http://example.com/docs/a.txt");
    expect(await findReady("http://example.com/docs/a.txt", "example.com")).toBeUndefined();
  });

  test("what is not there", async () => {
    await visitTwice(`http://${HOST}/b.txt`);
    expect(await findReady(`http://${HOST}/b.txt`)).toBeUndefined();
  });
});

test("the URLs that an answer is found by are bounded, and drive out no other's", async () => {
  await visitTwice();
  world.point("other", "prod", world.store({ "b.txt": "other" }));
  const other = `http://other.${DOMAIN}/b.txt`;
  await visitTwice(other);
  for (let i = 0; i < 100; i++) await world.get(`${URL}?${i}`);
  expect(await findReady(`${URL}?99`)).toBe("one");
  expect(await findReady(`${URL}?0`)).toBeUndefined();
  expect(await findReady(other, `other.${DOMAIN}`)).toBe("other");
  await visitTwice(`${URL}?${"x".repeat(1000)}`);
  expect(await findReady(`${URL}?${"x".repeat(1000)}`)).toBeUndefined();
});
