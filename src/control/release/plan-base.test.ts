import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { hashBytes } from "#store";
import { BATCH_MEDIA_TYPE, encodeBatch } from "#wire";
import { World } from "../domains/world.ts";

let world: World;

beforeAll(async () => {
  world = await World.create();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const bytesOf = (text: string) => new TextEncoder().encode(text);
const listed = (path: string, text = path) => ({ path, blake3: hashBytes(bytesOf(text)), size: bytesOf(text).length });
const plan = (request: object, who = "ann") => world.call(who, "POST", "/plan", { project: "shop", ...request });
const commit = (id: string) => world.call("ann", "POST", "/commit", { plan_id: id });
const send = (id: string, ...texts: string[]) => {
  const body = encodeBatch(texts.map((text) => ({ digest: hashBytes(bytesOf(text)), bytes: bytesOf(text) })));
  return world.call("ann", "POST", `/upload/${id}`, body);
};
const pathsOf = async (version: string) =>
  (await world.call("ann", "GET", `/files?project=shop&version=${version}`)).body.files.map((file: any) => file.path);

test("a plan says what changes in a released pod, and no more", async () => {
  const { body: first } = await world.deploy("ann", "shop", { "a.html": "a", "b.html": "b", "c.html": "c" });
  const change = {
    base: first.content_hash,
    files: [listed("b.html", "new"), listed("d.html", "a")],
    removed: ["c.html"],
  };
  const { body: planned } = await plan({ ...change, compact: true });
  expect([planned.missing, planned.missing_files, planned.reusable]).toEqual([[], [0], 1]);
  await send(planned.plan_id, "new");
  const { body: second } = await commit(planned.plan_id);
  expect(await pathsOf(second.version)).toEqual(["a.html", "b.html", "d.html"]);
  const { body: whole } = await plan({
    files: [listed("d.html", "a"), listed("a.html", "a"), listed("b.html", "new")],
  });
  expect(whole.content_hash).toBe(second.content_hash);
});

test("a plan without a change is the pod that is there", async () => {
  const { body: first } = await world.deploy("ann", "shop", { "a.html": "a" });
  const { body: same } = await plan({ base: first.content_hash, files: [] });
  expect((await commit(same.plan_id)).body).toMatchObject({ version: "v2", content_hash: first.content_hash });
});

test("a list too long for one plan is told in parts, of which the last is committed", async () => {
  const { body: one } = await plan({ files: [listed("a.html"), listed("b.html")], more: true, compact: true });
  const { body: two } = await plan({ base: one.content_hash, files: [listed("c.html")], compact: true });
  expect([one.missing_files, two.missing_files]).toEqual([[0, 1], [0]]);
  expect((await commit(one.plan_id)).status).toBe(400);
  await send(two.plan_id, "a.html", "b.html");
  expect((await commit(two.plan_id)).body.message).toStartWith("1 of 3 contents have not been uploaded.");
  await send(two.plan_id, "c.html");
  expect(await pathsOf((await commit(two.plan_id)).body.version)).toEqual(["a.html", "b.html", "c.html"]);
});

test("paths that collide are found across the parts of a plan, and with the base", async () => {
  const { body: one } = await plan({ files: [listed("Page.html")], more: true });
  const split = await plan({ base: one.content_hash, files: [listed("page.html", "x")] });
  expect(split.body.message).toContain("differ by case alone");
  const { body: first } = await world.deploy("ann", "shop", { "folder/a.html": "a" });
  expect((await plan({ base: first.content_hash, files: [listed("folder")] })).body.message).toContain(
    "is both a file and a folder",
  );
});

test("a base that is another site's, somebody else's or nobody's is not built on", async () => {
  const { body: other } = await world.deploy("ann", "other", { "a.html": "a" });
  await world.deploy("bob", "theirs", { "a.html": "secret" });
  const { body: theirs } = await world.deploy("bob", "theirs", { "b.html": "secret" });
  for (const base of [other.content_hash, theirs.content_hash, "0".repeat(64)]) {
    expect((await plan({ base, files: [listed("x.html")] })).status).toBe(409);
  }
});

test("a release whose content was lost is not built on: the whole list is asked for, and so the content", async () => {
  const { body: first } = await world.deploy("ann", "shop", { "a.html": "a", "b.html": "b" });
  await world.store.blobs.remove(hashBytes(bytesOf("a")));
  const whole = () => plan({ files: [listed("a.html", "a"), listed("b.html", "b")] });
  expect((await commit((await whole()).body.plan_id)).status).toBe(409);
  expect((await plan({ base: first.content_hash, files: [] })).status).toBe(409);
  const { body: healing } = await whole();
  expect(healing.missing.map((file: any) => file.path)).toEqual(["a.html"]);
  await send(healing.plan_id, "a");
  expect((await commit(healing.plan_id)).status).toBe(200);
});

test("limits are of the whole pod, whatever it is told in", async () => {
  world.nowMs += 1000;
  await world.restart({ maxFilesPerDeploy: 3, maxDeployBytes: 10 });
  const { body: first } = await world.deploy("ann", "shop", { "a.html": "a", "b.html": "b" });
  const { content_hash: base } = first;
  expect((await plan({ base, files: [listed("c.html", "c"), listed("d.html", "d")] })).status).toBe(413);
  expect((await plan({ base, files: [listed("c.html", "nine bytes")] })).status).toBe(413);
  expect((await plan({ base, files: [], removed: ["a.html", "b.html"] })).status).toBe(400);
  expect((await plan({ files: [] })).status).toBe(400);
});

test("what an earlier try has sent is told, and not asked for again; a new token changes nothing in that", async () => {
  const files = [listed("a.html"), listed("b.html"), listed("c.html")];
  const { body: first } = await plan({ files });
  await send(first.plan_id, "a.html", "b.html");
  const { body: second } = await plan({ files });
  expect(second.resumed).toEqual({ files: 2, bytes: 12 });
  expect(second.missing.map((file: any) => file.path)).toEqual(["c.html"]);
});

test("a batch may be compressed, but not be something else, nor more than a batch may hold", async () => {
  const { body: planned } = await plan({ files: [listed("a.html"), listed("b.html")] });
  const { body: login } = await world.send("POST", "/auth/login", {
    email: "ann@example.org",
    password: "correct horse battery",
  });
  const batch = encodeBatch(
    ["a.html", "b.html"].map((text) => ({ digest: hashBytes(bytesOf(text)), bytes: bytesOf(text) })),
  );
  const sendAs = async (body: Uint8Array, encoding: string) =>
    await world.send("POST", `/upload/${planned.plan_id}`, body, {
      authorization: `Bearer ${login.token}`,
      "content-type": BATCH_MEDIA_TYPE,
      "content-encoding": encoding,
    });
  expect((await sendAs(batch, "gzip")).status).toBe(400);
  expect((await sendAs(Bun.gzipSync(batch), "br")).status).toBe(400);
  expect((await sendAs(Bun.gzipSync(new Uint8Array(9 << 20)), "gzip")).status).toBe(413);
  expect((await sendAs(Bun.gzipSync(batch), "gzip")).body).toEqual({ uploaded: 2 });
});
