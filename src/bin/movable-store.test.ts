import { expect, test } from "bun:test";
import { refKey } from "#model";
import { hashBytes, openMemoryStore } from "#store";
import { createMovableStore } from "./movable-store.ts";

const content = new TextEncoder().encode("content");
const digest = hashBytes(content);
const key = refKey("shop", "prod");
async function* body() {
  yield content;
}

test("while a store is held, reading goes on, changes wait, and what clients send is taken in", async () => {
  const movable = createMovableStore(openMemoryStore());
  const { documents, blobs, uploads } = movable.store;
  await documents.create(key, "one");
  const hold = await movable.hold();
  const done: string[] = [];
  const changes = [
    documents.replace(key, "one", "two").then(() => done.push("replaced")),
    uploads.stage("w", digest, content.length, body()).then(() => done.push("staged")),
  ];
  await changes[1];
  const committing = uploads.commit("w", [digest]);
  expect([await documents.read(key), await blobs.has(digest), done]).toEqual(["one", false, ["staged"]]);
  hold.letGo();
  await Promise.all([...changes, committing]);
  expect([await documents.read(key), await blobs.has(digest), done]).toEqual(["two", true, ["staged", "replaced"]]);
});

test("a hold begins when the changes under way have ended", async () => {
  const first = openMemoryStore();
  const writing = Promise.withResolvers<void>();
  const slow = { ...first.documents, create: () => writing.promise.then(() => true) };
  const movable = createMovableStore({ ...first, documents: slow });
  const change = movable.store.documents.create(key, "one");
  let isHeld = false;
  const hold = movable.hold().then((held) => {
    isHeld = true;
    return held;
  });
  await Bun.sleep(0);
  expect(isHeld).toBe(false);
  writing.resolve();
  await change;
  (await hold).letGo();
  expect(isHeld).toBe(true);
});

test("a moved store is the next one to all who have it, and takes along what was staged before", async () => {
  const [first, next] = [openMemoryStore(), openMemoryStore()];
  const movable = createMovableStore(first);
  const { documents, blobs, uploads } = movable.store;
  const heard: string[] = [];
  documents.subscribe((changed) => heard.push(changed));
  await documents.create(key, "one");
  await next.documents.create(key, "one");
  await uploads.stage("w", digest, content.length, body());
  const hold = await movable.hold();
  const replaced = documents.replace(key, "one", "two");
  hold.moveTo(next);
  expect(await replaced).toBe(true);
  expect([await first.documents.read(key), await next.documents.read(key)]).toEqual(["one", "two"]);
  expect(heard).toEqual([key, key]);
  await first.documents.create(refKey("other", "prod"), "of nobody's concern");
  expect(heard).toEqual([key, key]);

  expect((await uploads.staged("w")).has(digest)).toBe(true);
  expect(await uploads.bytes("w", digest)).toEqual(content);
  await uploads.commit("w", [digest]);
  expect([await next.blobs.has(digest), await blobs.has(digest)]).toEqual([true, true]);
  expect(movable.now()).toBe(next);
});
