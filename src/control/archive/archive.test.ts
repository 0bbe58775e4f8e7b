import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { encodeManifest, type Entry } from "#model";
import { hashBytes } from "#store";
import type { Api } from "#wire";
import { type Answer, World } from "../domains/world.ts";

const HOUR_MS = 60 * 60 * 1000;
const PAGE = new TextEncoder().encode("a page");
const page: Entry = {
  path: "index.html",
  digest: hashBytes(PAGE),
  size: PAGE.length,
  type: "text/html; charset=utf-8",
};

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.call("root", "GET", "/projects");
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const begin = async (who = "ann", project = "shop"): Promise<string> =>
  (await world.call(who, "POST", "/imports", { project })).body.import_id;
const send = (id: string, bytes: Uint8Array, who = "ann") =>
  world.call(who, "POST", `/imports/${id}/contents/${hashBytes(bytes)}`, bytes);
const releaseOf = (manifest: Uint8Array, version = 1): Api.ImportRelease => ({
  version,
  manifest: hashBytes(manifest),
  created_at: "2026-01-02T03:04:05.000Z",
  trigger: "cli",
  message: "the first",
});
const commit = (id: string, releases: Api.ImportRelease[], more: object = {}, who = "ann"): Promise<Answer> =>
  world.call(who, "POST", `/imports/${id}/commit`, { releases, environments: {}, protected: false, ...more });

/** Sends all of an import whose one release has these files. */
async function sendPod(entries: readonly Entry[], contents: readonly Uint8Array[], manifest = encodeManifest(entries)) {
  const id = await begin();
  for (const bytes of [manifest, ...contents]) expect((await send(id, bytes)).status).toBe(200);
  return { id, release: releaseOf(manifest) };
}

const expectNothing = async () => {
  expect(await world.records.readClaim("shop")).toBeUndefined();
  expect(await world.records.releaseVersions("shop")).toEqual([]);
  expect((await world.call("ann", "GET", "/projects")).body).toEqual([]);
};

test("an import makes the site with its numbers, who had them and when, and answers the same when it is sent again", async () => {
  const { id, release } = await sendPod([page], [PAGE]);
  const imported = () =>
    commit(id, [{ ...release, version: 7 }], { environments: { prod: { version: 7, protected: false } } });
  const expected = {
    status: 200,
    body: {
      project: "shop",
      releases: 1,
      environments: [{ environment: "prod", version: "v7", url: "https://shop.sites.test", is_protected: false }],
    },
  };
  expect(await imported()).toEqual(expected);
  expect(await imported()).toEqual(expected);
  expect(await world.records.readRef("shop", "prod")).toMatchObject({ version: 1, release: 7 });
  const { items } = (await world.call("ann", "GET", "/history?project=shop")).body;
  expect(items).toMatchObject([{ version: "v7", message: "the first", created_at: release.created_at }]);
  expect((await world.deploy("ann", "shop", { "index.html": "next" })).body.version).toBe("v8");
  expect(await commit(id, [release])).toMatchObject({ status: 409 });
  expect((await world.call("root", "POST", "/gc")).body.deleted_blobs).toBe(0);
});

describe("an import is refused, and leaves no site, where", () => {
  const manifestOf = (entry: Partial<Entry>) => encodeManifest([{ ...page, ...entry }]);
  const cases: [what: string, status: number, manifest: Uint8Array<ArrayBuffer>, contents: Uint8Array[]][] = [
    ["a content was not sent", 409, manifestOf({}), []],
    ["a manifest is none", 409, PAGE, [PAGE]],
    ["a content has another length", 400, manifestOf({ size: PAGE.length + 1 }), [PAGE]],
    ["a path leads out of the site", 400, manifestOf({ path: "../index.html" }), [PAGE]],
    ["a media type would be another header", 400, manifestOf({ type: "text/html\r\nSet-Cookie: a=b" }), [PAGE]],
    ["a file is larger than it may be", 413, manifestOf({ size: 101 * 1024 * 1024 }), [PAGE]],
    ["rules are larger than they are read", 400, manifestOf({ path: "_redirects", size: 50 * 1024 * 1024 }), [PAGE]],
  ];
  test.each(cases)("%s", async (_, status, manifest, contents) => {
    const { id, release } = await sendPod([], contents, manifest);
    expect((await commit(id, [release])).status).toBe(status);
    await expectNothing();
  });

  test("files are not in the order in which they are searched", async () => {
    const entries = [page, { ...page, path: "other.html" }];
    const sorted = encodeManifest(entries);
    const swapped = sorted.slice();
    swapped.set(sorted.subarray(24, 24 + 48), 24 + 48);
    swapped.set(sorted.subarray(24 + 48, 24 + 96), 24);
    const { id, release } = await sendPod([], [PAGE], swapped);
    expect(await commit(id, [release])).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("not written as") },
    });
    await expectNothing();
  });

  test("numbers are given twice, or an environment points to none of them", async () => {
    const { id, release } = await sendPod([page], [PAGE]);
    expect((await commit(id, [release, release])).status).toBe(400);
    expect((await commit(id, [release], { environments: { prod: { version: 2, protected: false } } })).status).toBe(
      400,
    );
    expect((await commit(id, [{ ...release, created_at: "yesterday" }])).status).toBe(400);
    expect((await commit(id, [])).status).toBe(400);
    await expectNothing();
  });

  test("the name was taken while contents were sent", async () => {
    const { id, release } = await sendPod([page], [PAGE]);
    await world.deploy("bob", "shop", { "index.html": "bob's" });
    expect((await commit(id, [release])).status).toBe(403);
    expect(await world.records.releaseVersions("shop")).toEqual([1]);
  });
});

test("a content is refused that is not what its hash says, and so is one of no length", async () => {
  const id = await begin();
  const path = `/imports/${id}/contents`;
  expect((await world.call("ann", "POST", `${path}/${"0".repeat(64)}`, PAGE)).status).toBe(400);
  expect((await world.call("ann", "POST", `${path}/nothing`, PAGE)).status).toBe(400);
  expect((await world.call("ann", "POST", path, PAGE)).status).toBe(400);
});

test("a hash alone gives nobody content that somebody else has", async () => {
  await world.deploy("bob", "blog", { "index.html": "a page" });
  const manifest = encodeManifest([page]);
  const id = await begin();
  await send(id, manifest);
  expect((await commit(id, [releaseOf(manifest)])).status).toBe(409);
  const other = await begin();
  expect((await commit(other, [releaseOf(manifest)])).status).toBe(409);
});

test("a name that is taken is refused at once, and an import is its owner's alone", async () => {
  await world.deploy("ann", "shop", { "index.html": "mine" });
  const beginAs = (who: string, project: string) => world.call(who, "POST", "/imports", { project });
  expect(await beginAs("ann", "shop")).toMatchObject({ status: 409 });
  expect(await beginAs("bob", "shop")).toMatchObject({ status: 403 });
  expect(await beginAs("ann", "Not A Name")).toMatchObject({ status: 400 });
  const id = await begin("ann", "other");
  const manifest = encodeManifest([page]);
  expect((await send(id, PAGE, "bob")).status).toBe(404);
  expect((await commit(id, [releaseOf(manifest)], {}, "bob")).status).toBe(404);
  expect((await world.call("bob", "DELETE", `/imports/${id}`)).status).toBe(404);
  expect((await world.call("bob", "GET", "/projects/shop/export")).status).toBe(404);
  expect((await world.send("GET", "/projects/shop/export")).status).toBe(401);
});

test("what was sent is forgotten when an import is given up, or has expired", async () => {
  const id = await begin();
  await send(id, PAGE);
  const isStaged = async () => (await world.store.uploads.staged(id)).has(page.digest);
  await world.cleanUp();
  expect(await isStaged()).toBe(true);
  expect((await world.call("ann", "DELETE", `/imports/${id}`)).status).toBe(200);
  expect(await isStaged()).toBe(false);
  const late = await begin();
  await send(late, PAGE);
  world.nowMs += 25 * HOUR_MS;
  expect((await send(late, PAGE)).status).toBe(410);
  await world.cleanUp();
  expect((await world.store.uploads.staged(late)).has(page.digest)).toBe(false);
  expect((await send(late, PAGE)).status).toBe(404);
});

describe("a commit that was cut off", () => {
  const cutOff = async () => {
    const { id, release } = await sendPod([page], [PAGE]);
    const mend = await world.failInserts("releases");
    expect((await commit(id, [release])).status).toBe(500);
    await mend();
    expect(await world.records.releaseVersions("shop")).toEqual([1]);
    return { id, release };
  };

  test("is ended by the same one", async () => {
    const { id, release } = await cutOff();
    expect(await commit(id, [{ ...release, message: "another" }])).toMatchObject({ status: 409 });
    expect((await commit(id, [release], { environments: { prod: { version: 1, protected: false } } })).status).toBe(
      409,
    );
    expect((await commit(id, [release])).status).toBe(200);
    expect((await world.call("ann", "GET", "/history?project=shop")).body.items).toHaveLength(1);
  });

  test("is taken back where it is never sent again", async () => {
    const { id, release } = await cutOff();
    world.nowMs += 2 * HOUR_MS;
    expect((await commit(id, [release])).status).toBe(410);
    await world.cleanUp();
    await expectNothing();
    expect((await world.deploy("bob", "shop", { "index.html": "bob's" })).body.version).toBe("v1");
  });
});

test("what is imported while garbage is collected stays", async () => {
  const { id, release } = await sendPod([page], [PAGE]);
  await world.deploy("ann", "gone", { "index.html": "gone" });
  await world.call("ann", "DELETE", "/projects/gone?for_good=true");
  const { blobs } = world.store;
  const list = blobs.list.bind(blobs);
  blobs.list = async function* () {
    // What is garbage is decided by now.
    expect((await commit(id, [release])).status).toBe(200);
    yield* list();
  };
  expect((await world.call("root", "POST", "/gc")).body.deleted_blobs).toBe(2);
  expect([await blobs.has(page.digest), await blobs.has(release.manifest as Entry["digest"])]).toEqual([true, true]);
});
