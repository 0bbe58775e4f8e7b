import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refKey } from "#model";
import { openMemoryStore, type Store } from "#store";
import { beginArrival, isArriving, isMovedTo } from "#upkeep";
import { createMovableStore } from "./movable-store.ts";
import { askServer } from "./operator-socket.ts";
import { type MovableContents, startStorageMover } from "./storage-mover.ts";
import { nameStorage, type StorageOptions } from "./storage-options.ts";

const local: StorageOptions = {
  type: "local",
  isPresigned: false,
  bucket: undefined,
  region: undefined,
  endpoint: undefined,
  addressing: undefined,
  accessKey: undefined,
  secretKey: undefined,
  cacheBytes: 0,
};
const bucket: StorageOptions = { ...local, type: "s3", bucket: "sites" };
const key = refKey("shop", "prod");

/** Has the note that says that a storage is left written only once it may be. */
function delayMark(store: Store): PromiseWithResolvers<void> {
  const marking = Promise.withResolvers<void>();
  const create = store.documents.create.bind(store.documents);
  store.documents.create = async (name, text) => {
    if (name.startsWith("storage/")) await marking.promise;
    return await create(name, text);
  };
  return marking;
}

async function startMover(first: Store, next: Store, isShared = false) {
  const data = await mkdtemp(join(tmpdir(), "sitepod-"));
  const movable = createMovableStore(first);
  const contents: MovableContents = { movable, storage: local, open: async () => next };
  const stop = await startStorageMover({ data, contents, isShared, tellEdges: async () => {}, log: () => {} });
  await beginArrival(next.documents, nameStorage(data, local), "2026-01-31T12:00:00.000Z");
  return {
    data,
    contents,
    stop,
    documents: movable.store.documents,
    prepare: { from: nameStorage(data, local), to: bucket },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(data, { recursive: true });
    },
  };
}

test("a command that is killed in the middle of the switch lets no change through to the old storage", async () => {
  const [first, next] = [openMemoryStore(), openMemoryStore()];
  const marking = delayMark(first);
  await using server = await startMover(first, next);
  const command = await askServer(server.data);
  await command.ask("prepareMove", server.prepare);
  await command.ask("holdChanges", null);
  const moved = command.ask("move", null).catch(() => "gone");
  const change = server.documents.create(key, "one");
  // An answer to another command: by then the server has the question of the first.
  using other = await askServer(server.data);
  await other.ask("prepareMove", server.prepare);
  command[Symbol.dispose]();
  expect(await moved).toBe("gone");
  await other.ask("prepareMove", server.prepare);
  expect(await first.documents.read(key)).toBeUndefined();
  marking.resolve();
  expect(await change).toBe(true);
  expect([await first.documents.read(key), await next.documents.read(key)]).toEqual([undefined, "one"]);
  expect([await isMovedTo(first.documents, "s3://sites"), await isArriving(next.documents)]).toEqual([true, false]);
  expect(server.contents.storage).toEqual(bucket);
});

test("a server that stops, or gives way to another, ends the switch first", async () => {
  const [first, next] = [openMemoryStore(), openMemoryStore()];
  const marking = delayMark(first);
  await using server = await startMover(first, next);
  using command = await askServer(server.data);
  await command.ask("prepareMove", server.prepare);
  await command.ask("holdChanges", null);
  const moved = command.ask("move", null).catch(() => "gone");
  // An answer to another command: by then the server has the question of the first.
  using other = await askServer(server.data);
  await other.ask("prepareMove", server.prepare);
  const stopped = server.stop();
  expect(await moved).toBe("gone");
  marking.resolve();
  await stopped;
  expect([await isMovedTo(first.documents, "s3://sites"), await isArriving(next.documents)]).toEqual([true, false]);
  expect(server.contents.movable.now()).toBe(next);
});

test("changes go on in the old storage where the command ends before the switch", async () => {
  const [first, next] = [openMemoryStore(), openMemoryStore()];
  await using server = await startMover(first, next);
  const command = await askServer(server.data);
  await command.ask("prepareMove", server.prepare);
  await command.ask("holdChanges", null);
  const change = server.documents.create(key, "one");
  command[Symbol.dispose]();
  expect(await change).toBe(true);
  expect([await first.documents.read(key), await isArriving(next.documents)]).toEqual(["one", true]);
});

test("a server that shares its records, or has its contents elsewhere, is not moved", async () => {
  await using shared = await startMover(openMemoryStore(), openMemoryStore(), true);
  using command = await askServer(shared.data);
  await expect(command.ask("prepareMove", shared.prepare)).rejects.toThrow("shares its records");
  await using own = await startMover(openMemoryStore(), openMemoryStore());
  using other = await askServer(own.data);
  await expect(other.ask("prepareMove", { from: "/elsewhere", to: bucket })).rejects.toThrow("/elsewhere");
});
