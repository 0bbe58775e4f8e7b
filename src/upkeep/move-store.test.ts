import { expect, test } from "bun:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { blobKey, claimKey, refKey } from "#model";
import { Records, type Store } from "#store";
import { damagedFolder } from "./damaged-folder.ts";
import { fsck } from "./fsck.ts";
import { createStoreMove } from "./move-store.ts";
import { beginArrival, endArrival, isArriving, isMovedTo, markMoved, requireSettled } from "./storage-notes.ts";
import { digestOf, writeSite } from "./test-site.ts";

const V1 = { "index.html": "page one", "shared.txt": "shared by both" };
const V2 = { "index.html": "page two", "shared.txt": "shared by both" };
const AT = "2026-01-31T12:00:00.000Z";
const quiet = () => {};
const encoded = { br: brotliCompressSync("page one"), zstd: Buffer.from(""), gzip: gzipSync("page one") };

const moveOf = (from: Store, to: Store, verifiesAll = true) => createStoreMove({ from, to, verifiesAll, show: quiet });

const documentsOf = async (store: Store) => {
  const texts: Record<string, string | undefined> = {};
  for (const folder of ["certs/", "refs/", "releases/", "sites/"]) {
    for await (const key of store.documents.list(folder)) texts[key] = await store.documents.read(key);
  }
  return texts;
};

test("a move copies all at first, then what has come, changed or gone since", async () => {
  await using from = await damagedFolder();
  await using to = await damagedFolder();
  await writeSite(from.store, "docs", [V1]);
  await from.store.documents.create("certs/leases/here.json", "{}");
  await from.store.encodings.write(digestOf("page one"), encoded);
  const move = moveOf(from.store, to.store);
  expect(await move.pass()).toMatchObject({ copied: 3, documents: 4 });
  expect(await move.pass()).toEqual({ copied: 0, copiedBytes: 0, documents: 0 });

  await writeSite(from.store, "blog", [V2]);
  await new Records(from.store).moveRef("docs", "prod", (ref) => ({ ...ref!, version: 7 }));
  await from.store.documents.remove("certs/leases/here.json");
  expect(await move.pass()).toMatchObject({ copied: 2, documents: 5 });
  expect(await documentsOf(to.store)).toEqual(await documentsOf(from.store));
  expect((await fsck(to.store, quiet)).left).toEqual([]);
  const gzip = await to.store.encodings.find(digestOf("page one"), "gzip");
  expect(await gzip!.bytes()).toEqual(new Uint8Array(encoded.gzip));
  expect(move.summary()).toMatchObject({ blobs: 5, documents: 6 });
});

test("a move that was cut off goes on with what is whole, and brings again what is not", async () => {
  await using from = await damagedFolder();
  await using to = await damagedFolder();
  await writeSite(from.store, "docs", [V1, V2]);
  await moveOf(from.store, to.store).pass();
  await to.damage(blobKey(digestOf("page one")), (bytes) => bytes.map((byte) => byte ^ 1));
  await to.damage(blobKey(digestOf("page two")), () => undefined);
  await to.damage(refKey("docs", "prod"), () => undefined);
  expect(await moveOf(from.store, to.store).pass()).toMatchObject({ copied: 2, documents: 1 });
  expect((await fsck(to.store, quiet)).left).toEqual([]);
});

test("a move ends where contents are damaged, and says which", async () => {
  await using from = await damagedFolder();
  await using to = await damagedFolder();
  await writeSite(from.store, "docs", [V1]);
  await from.damage(blobKey(digestOf("page one")), (bytes) => bytes.map((byte) => byte ^ 1));
  const failure = await moveOf(from.store, to.store)
    .pass()
    .catch((error) => error);
  expect(failure.message).toContain(digestOf("page one"));
  expect(await to.store.documents.read(claimKey("docs"))).toBeUndefined();
});

test("nobody relies on a storage that has not wholly arrived, nor on one that went elsewhere", async () => {
  await using from = await damagedFolder();
  await using to = await damagedFolder();
  const [old, next] = [from.store.documents, to.store.documents];
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "fine",
      (error) => error.code,
    );
  await writeSite(from.store, "docs", [V1]);
  await beginArrival(next, "old", AT);
  expect(await codeOf(requireSettled(next))).toBe("conflict");
  // Again, by the same move; and by none other.
  await beginArrival(next, "old", AT);
  expect(await codeOf(beginArrival(next, "another", AT))).toBe("conflict");
  expect(await codeOf(requireSettled(old))).toBe("fine");
  expect([await isMovedTo(old, "next"), await isArriving(next)]).toEqual([false, true]);

  await moveOf(from.store, to.store).pass();
  await markMoved(old, "next", AT);
  await markMoved(old, "next", AT);
  await endArrival(next);
  expect([await codeOf(requireSettled(old)), await codeOf(requireSettled(next))]).toEqual(["conflict", "fine"]);
  expect([await isMovedTo(old, "next"), await isArriving(next)]).toEqual([true, false]);
  expect(await codeOf(isMovedTo(old, "another"))).toBe("conflict");

  // Another's storage is no place to move to; the one that it came from is.
  expect(await codeOf(beginArrival(next, "another", AT))).toBe("conflict");
  expect(await codeOf(beginArrival(old, "another", AT))).toBe("conflict");
  await beginArrival(old, "next", AT);
  expect([await isArriving(old), await isMovedTo(old, "next")]).toEqual([true, false]);
});
