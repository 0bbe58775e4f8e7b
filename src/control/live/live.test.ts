import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { World } from "../domains/world.ts";
import type { StreamEvent } from "./watch-response.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
  // Who registers first becomes the administrator, who hears of everything.
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const FILES = [{ path: "index.html", blake3: "", size: 5 }];
const CONTENT = new TextEncoder().encode("hello");
const isCommitted = ({ data }: StreamEvent) => data.kind === "committed";
const kinds = (events: readonly StreamEvent[]) => events.map(({ data }) => data.kind);
const numbers = (events: readonly StreamEvent[]) => events.map(({ id }) => Number(id));

/** Begins a deploy of one file. Returns its plan's id and what ends it. */
async function begin(project = "shop") {
  const { hashBytes } = await import("#store");
  const files = [{ ...FILES[0]!, blake3: hashBytes(CONTENT) }];
  const { body } = await world.call("ann", "POST", "/plan", { project, files });
  const id: string = body.plan_id;
  return {
    id,
    send: () => world.call("ann", "POST", `/upload/${id}/${files[0]!.blake3}`, CONTENT),
    commit: () => world.call("ann", "POST", "/commit", { plan_id: id }),
  };
}

test("a deploy is watched from its plan to the environment that serves it, line by line", async () => {
  const deploy = await begin();
  await using watched = await world.watch("ann", `/deploys/${deploy.id}/log`);
  await deploy.send();
  await deploy.commit();
  await world.call("ann", "POST", "/release", { project: "shop", environment: "prod", version: "v1" });
  const events = await watched.until(({ data }) => data.kind === "released");
  expect(kinds(events)).toEqual(["planned", "received", "committing", "committed", "released"]);
  expect(numbers(events)).toEqual([1, 2, 3, 4, 5]);
  expect(events[0]!.data).toMatchObject({ files: 1, bytes: 5, missing_files: 1, missing_bytes: 5 });
  expect(events[1]!.data).toMatchObject({ contents: 1, bytes: 5 });
  expect(events[4]!.data).toMatchObject({ environment: "prod", version: "v1", action: "release" });
});

test("the log of a deploy is written with what it tells of, and not line by line", async () => {
  await begin();
  const statements = await world.statementsOf(async () => {
    const deploy = await begin();
    await deploy.send();
    await deploy.commit();
    await world.call("ann", "POST", "/release", { project: "shop", environment: "prod", version: "v1" });
  });
  // At the plan, as the commit begins, with the release, and with the move.
  const changes = (table: string, kind: string) =>
    statements.filter((text) => text.startsWith(`{"kind":"${kind}QueryNode"`) && text.includes(`"name":"${table}"`));
  expect(changes("deploy_lines", "Insert")).toHaveLength(4);
  expect(changes("deploys", "Update")).toHaveLength(4);
});

test("who comes back in the middle, here or at another control plane, misses no line and gets none twice", async () => {
  const deploy = await begin();
  const first = await world.watch("ann", `/deploys/${deploy.id}/log`);
  const before = [await first.next(), (await deploy.send(), await first.next())].map((event) => event!);
  await first[Symbol.asyncDispose]();
  await deploy.commit();
  await using second = await world.watch("ann", `/deploys/${deploy.id}/log`, before.at(-1)!.id);
  const after = await second.until(isCommitted);
  expect(numbers([...before, ...after])).toEqual([1, 2, 3, 4]);
});

test("a deploy that is refused says why, and that of a release long made is told to its end", async () => {
  const deploy = await begin();
  expect((await deploy.commit()).status).toBe(409);
  const watched = await world.watch("ann", `/deploys/${deploy.id}/log`);
  const events = await watched.until(({ data }) => data.kind === "failed");
  await watched[Symbol.asyncDispose]();
  expect(events.at(-1)!.data.message).toContain("1 of 1 contents have not been uploaded");
  expect((await world.call("ann", "GET", "/deploys?project=shop")).body.deploys[0].state).toBe("failed");
  await deploy.send();
  await deploy.commit();
  world.nowMs += 2 * 60 * 60 * 1000;
  await using late = await world.watch("ann", `/deploys/${deploy.id}/log`);
  expect((await late.until(() => false)).at(-1)).toMatchObject({ name: "end" });
});

test("the deploys of a site and of a release are listed, with what was new in them", async () => {
  await world.deploy("ann", "shop", { "index.html": "one", "a.css": "body{}" });
  await world.deploy("ann", "shop", { "index.html": "two", "a.css": "body{}" });
  const { deploys } = (await world.call("ann", "GET", "/deploys?project=shop")).body;
  expect(deploys).toMatchObject([
    { version: "v2", state: "committed", files_count: 2, new_files: 1, new_bytes: 3 },
    { version: "v1", state: "committed", files_count: 2, new_files: 2, new_bytes: 9 },
  ]);
  const ofFirst = (await world.call("ann", "GET", "/deploys?project=shop&version=v1")).body.deploys;
  expect(ofFirst).toEqual([deploys[1]]);
  const { items } = (await world.call("ann", "GET", "/history?project=shop")).body;
  expect(items).toMatchObject([{ new_files: 1, new_bytes: 3 }, { new_files: 2 }]);
});

test("who watches hears of each change of their sites, and nobody hears of another's", async () => {
  // Of who registers just before, that may be told still.
  const isOfSite = ({ data }: StreamEvent) => data.project !== null;
  await using anns = await world.watch("ann", "/events");
  await using bobs = await world.watch("bob", "/events");
  for (const watched of [anns, bobs]) expect((await watched.next())!.name).toBe("hello");
  await world.deploy("ann", "shop", { "index.html": "one" });
  await world.deploy("bob", "blog", { "index.html": "one" });
  const actions = (events: readonly StreamEvent[]) =>
    events
      .filter(isOfSite)
      .map(({ data }) => `${data.project} ${data.action}`)
      .toSorted();
  const isRelease = ({ data }: StreamEvent) => data.action === "release.create";
  expect(actions(await anns.until(isRelease))).toEqual([
    "shop deploy.begin",
    "shop release.create",
    "shop site.create",
  ]);
  expect(actions(await bobs.until(isRelease))).toEqual([
    "blog deploy.begin",
    "blog release.create",
    "blog site.create",
  ]);
});

test("who may see a site hears nothing of another's that has its name next", async () => {
  await world.deploy("ann", "shop", { "index.html": "one" });
  const [{ id }] = (await world.call("ann", "GET", "/workspaces")).body.workspaces;
  const granted = { role: null, sites: [{ project: "shop", role: "viewer" }] };
  const { url } = (await world.call("ann", "POST", `/workspaces/${id}/invitations`, granted)).body;
  const invitation = url.split("#")[1];
  expect((await world.call("eve", "POST", "/invitations/accept", { invitation })).status).toBe(200);
  await using eves = await world.watch("eve", "/events");
  await eves.next();
  await world.call("ann", "DELETE", "/projects/shop?for_good=true");
  expect((await world.deploy("bob", "shop", { "index.html": "one" })).status).toBe(200);
  await world.call("eve", "POST", "/tokens", { name: "mine" });
  const heard = await eves.until(({ data }) => data.action === "token.create");
  const actions = heard.map(({ data }) => data.action).filter((action) => action !== "account.register");
  expect(actions).toEqual(["site.purge", "token.create"]);
});

test("a deploy of somebody else is answered as one that there is not", async () => {
  const deploy = await begin();
  const theirs = await world.call("bob", "GET", `/deploys/${deploy.id}/log`);
  const none = await world.call("bob", "GET", "/deploys/plan_none/log");
  expect(theirs).toEqual(none);
  expect(none.status).toBe(404);
});

test("what this control plane tells another is heard there as it was told here", async () => {
  await world.call("ann", "GET", "/projects");
  world.told.splice(0);
  const deploy = await begin();
  await using _ = await world.watch("ann", `/deploys/${deploy.id}/log`);
  await using changes = await world.watch("ann", "/events");
  await changes.next();
  const told = world.told.splice(0);
  expect(told.every((key) => world.live.hear(key))).toBe(true);
  expect((await changes.next())!.data).toEqual({ project: "shop", action: "deploy.begin" });
  expect(world.live.hear("refs/shop/prod.json")).toBe(false);
});

test("five hundred who never read keep nobody from deploying, and find every line later", async () => {
  const deploy = await begin();
  const idle = await Promise.all(Array.from({ length: 500 }, () => world.watch("ann", `/deploys/${deploy.id}/log`)));
  await deploy.send();
  expect((await deploy.commit()).status).toBe(200);
  const read = await Promise.all(idle.map((watched) => watched.until(isCommitted)));
  for (const events of read) expect(numbers(events)).toEqual([1, 2, 3, 4]);
  await Promise.all(idle.map((watched) => watched[Symbol.asyncDispose]()));
  expect(world.live.streams.count).toBe(0);
});

test("a server that ends closes its streams, and refuses others", async () => {
  const deploy = await begin();
  await using watched = await world.watch("ann", `/deploys/${deploy.id}/log`);
  await watched.next();
  world.live.close();
  expect(await watched.next()).toBeUndefined();
  expect((await world.call("ann", "GET", `/deploys/${deploy.id}/log`)).status).toBe(429);
});
