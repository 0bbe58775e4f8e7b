import { expect, test } from "bun:test";
import { createProbes, type Probes, type ProbesOptions } from "./probes.ts";

const probesOf = (options: Partial<ProbesOptions> = {}): Probes =>
  createProbes({
    checkReadable: async () => {},
    isStoreShared: false,
    isNearlyFull: async () => false,
    nowMs: () => 0,
    ...options,
  });

async function ask(probes: Probes, path: string, method = "GET"): Promise<readonly [number, string] | undefined> {
  const response = await probes.answer(new Request(`http://localhost:8080${path}`, { method }));
  return response && [response.status, await response.text()];
}

test("a process that can read its store lives and is ready, whatever the query", async () => {
  expect(await ask(probesOf(), "/healthz")).toEqual([200, "alive\n"]);
  expect(await ask(probesOf(), "/readyz?from=balancer")).toEqual([200, "ready\n"]);
});

test.each([
  ["/", "GET"],
  ["/healthz/", "GET"],
  ["/x/readyz", "GET"],
  ["/readyz", "POST"],
])("%s by %s is for others to answer", async (path, method) => {
  expect(await ask(probesOf(), path, method)).toBeUndefined();
});

test("a process that is about to stop lives, but is not ready, even for who asked a moment before", async () => {
  const store = Promise.withResolvers<void>();
  const probes = probesOf({ checkReadable: () => store.promise });
  const asked = ask(probes, "/readyz");
  probes.leave();
  store.resolve();
  expect(await asked).toEqual([503, "The server is stopping.\n"]);
  expect(await ask(probes, "/healthz")).toEqual([200, "alive\n"]);
});

test("a process whose disk is nearly full is ready, and says that it takes no deploys", async () => {
  const full = [200, "ready, but deploys are refused: the disk is nearly full\n"] as const;
  expect(await ask(probesOf({ isNearlyFull: async () => true }), "/readyz")).toEqual(full);
  const unknown = { isNearlyFull: () => Promise.reject(new Error("input/output error")) };
  expect(await ask(probesOf(unknown), "/readyz")).toEqual([200, "ready\n"]);
});

test("a store that fails, or does not answer, is told, and asked again after two seconds", async () => {
  let now = 0;
  let read = () => Promise.reject<void>(new Error("input/output error"));
  let asked = 0;
  const checkReadable = () => (asked++, read());
  const probes = probesOf({ nowMs: () => now, maxReadMs: 5, checkReadable });
  const notReadable = [503, "The store cannot be read.\n"] as const;
  expect(await Promise.all([ask(probes, "/readyz"), ask(probes, "/readyz")])).toEqual([notReadable, notReadable]);
  now += 1999;
  read = () => new Promise(() => {});
  expect(await ask(probes, "/readyz")).toEqual(notReadable);
  expect(asked).toBe(1);
  now += 1;
  expect(await ask(probes, "/readyz")).toEqual(notReadable);
  expect(asked).toBe(2);
  now += 2000;
  read = () => Promise.resolve();
  expect(await ask(probes, "/readyz")).toEqual([200, "ready\n"]);
});

test("who reads a store that all share stays ready without it, once it has read it", async () => {
  let now = 0;
  let read = () => Promise.reject<void>(new Error("no route to host"));
  const probes = probesOf({ isStoreShared: true, nowMs: () => now, checkReadable: () => read() });
  expect(await ask(probes, "/readyz")).toEqual([503, "The store cannot be read.\n"]);
  read = () => Promise.resolve();
  now += 2000;
  expect(await ask(probes, "/readyz")).toEqual([200, "ready\n"]);
  read = () => Promise.reject(new Error("no route to host"));
  now += 2000;
  expect(await ask(probes, "/readyz")).toEqual([
    200,
    "ready, but the store cannot be read: what was visited before is served\n",
  ]);
  expect(await probes.isReadable()).toBe(false);
});

test("a shared store that was there at the start counts as read, though nobody had asked yet", async () => {
  let now = 0;
  let isAway = false;
  const checkReadable = async () => {
    if (isAway) throw new Error("no route to host");
  };
  const probes = probesOf({ isStoreShared: true, nowMs: () => now, checkReadable });
  await probes.isReadable();
  isAway = true;
  now += 2000;
  expect((await ask(probes, "/readyz"))![0]).toBe(200);
});

test("who is asked for the control plane alone is not ready without it", async () => {
  const checkControl = () => Promise.reject(new Error("no database"));
  expect(await ask(probesOf({ checkControl }), "/readyz")).toEqual([503, "The control plane cannot be used.\n"]);
  expect(await ask(probesOf({ checkControl: async () => {} }), "/readyz")).toEqual([200, "ready\n"]);
});
