import { describe, expect, test } from "bun:test";
import { blobKey, refKey } from "#model";
import { findLeases, type InspectedStore, Records, type Store } from "#store";
import { findBackup, listBackups } from "./backup-record.ts";
import { fsck } from "./fsck.ts";
import type { DamagedStore } from "./fsck-conformance.ts";
import { makeBackup } from "./make-backup.ts";
import { readPiece } from "./open-backup.ts";
import { removeOldBackups } from "./remove-backups.ts";
import { restoreBackup } from "./restore-backup.ts";
import { digestOf, writeSite } from "./test-site.ts";

const V1 = { "index.html": "page one", "shared.txt": "shared by both" };
const V2 = { "index.html": "page two", "shared.txt": "shared by both" };
const quiet = () => {};
const database = new TextEncoder().encode("what the database holds");
let clockMs = Date.parse("2026-01-31T12:00:00Z");

const backUp = (store: InspectedStore, place: InspectedStore, verifiesAll = true) =>
  makeBackup({
    store,
    place,
    copyDatabase: async () => database,
    sessionKey: "key of sessions",
    version: "1.2.3",
    nowMs: () => clockMs++,
    verifiesAll,
    show: quiet,
  });

/** Every document and every content, by name. */
async function contentsOf(store: Store): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const folder of ["sites/", "releases/", "refs/", "certs/"]) {
    for await (const key of store.documents.list(folder)) all[key] = (await store.documents.read(key))!;
  }
  for await (const { digest } of store.blobs.list()) {
    all[digest] = Buffer.from((await store.blobs.bytes(digest))!).toString("base64");
  }
  return all;
}

/** What a backup from one store to another, and back into a third, does. */
export function describeBackup(name: string, open: () => Promise<DamagedStore>): void {
  describe(name, () => {
    test("restored into an empty store, holds every document and content, the database and the key of sessions", async () => {
      await using from = await open();
      await using place = await open();
      await using into = await open();
      await writeSite(from.store, "docs", [V1, V2]);
      await from.store.documents.create("certs/issued/example.com.json", "{}");
      await from.store.documents.create("certs/leases/here.json", "{}");
      const { record } = await backUp(from.store, place.store);
      expect(record).toMatchObject({ sites: 1, releases: 2, blobs: 5, damaged: [], version: "1.2.3" });
      const found = await findBackup(place.store.documents);
      const restored = await restoreBackup({ place: place.store, record: found, store: into.store, show: quiet });
      const { "certs/leases/here.json": _, ...expected } = await contentsOf(from.store);
      expect(await contentsOf(into.store)).toEqual(expected);
      expect((await fsck(into.store, quiet)).left).toEqual([]);
      expect([restored.database, restored.sessionKey]).toEqual([database, "key of sessions"]);
      expect(await findLeases(from.store.documents, { nowMs: () => clockMs })).toEqual([]);
    });

    test("copies what earlier ones have not brought, and mends what they hold damaged", async () => {
      await using from = await open();
      await using place = await open();
      await writeSite(from.store, "docs", [V1]);
      expect(await backUp(from.store, place.store)).toMatchObject({ copied: 3 });
      await writeSite(from.store, "blog", [{ "new.txt": "new", "shared.txt": "shared by both" }]);
      expect(await backUp(from.store, place.store, false)).toMatchObject({ copied: 2 });
      await place.damage(blobKey(digestOf("page one")), (bytes) => bytes.map((byte) => byte ^ 1));
      expect(await backUp(from.store, place.store, false)).toMatchObject({ copied: 0 });
      expect(await backUp(from.store, place.store)).toMatchObject({ copied: 1 });
      expect(Buffer.from((await place.store.blobs.bytes(digestOf("page one")))!).toString()).toBe("page one");
    });

    test("tells what was damaged before it, and holds all else", async () => {
      await using from = await open();
      await using place = await open();
      await using into = await open();
      await writeSite(from.store, "docs", [V1]);
      await from.damage(blobKey(digestOf("page one")), (bytes) => bytes.map((byte) => byte ^ 1));
      const { record } = await backUp(from.store, place.store);
      expect(record.damaged).toEqual([digestOf("page one")]);
      await restoreBackup({ place: place.store, record, store: into.store, show: quiet });
      expect(await into.store.blobs.has(digestOf("shared by both"))).toBe(true);
      expect(await into.store.blobs.has(digestOf("page one"))).toBe(false);
    });

    test("that cannot be read back is none", async () => {
      await using from = await open();
      await using place = await open();
      await writeSite(from.store, "docs", [V1]);
      const { blobs } = place.store;
      const write = blobs.write.bind(blobs);
      blobs.write = async (digest, size, body) => {
        await write(digest, size, body);
        if (digest === digestOf("page one")) await place.damage(blobKey(digest), (bytes) => bytes.slice(1));
      };
      const failure = await backUp(from.store, place.store).catch((error) => error);
      expect(failure.message).toContain("is not what is read from it");
      expect(await listBackups(place.store.documents)).toEqual([]);
      expect(await findLeases(from.store.documents, { nowMs: () => clockMs })).toEqual([]);
    });

    test("that was damaged afterwards is not restored as if it were whole", async () => {
      await using from = await open();
      await using place = await open();
      await using into = await open();
      await writeSite(from.store, "docs", [V1]);
      const { record } = await backUp(from.store, place.store);
      await place.damage(blobKey(digestOf("page one")), (bytes) => bytes.map((byte) => byte ^ 1));
      const restoring = { place: place.store, record, store: into.store, show: quiet };
      expect((await restoreBackup(restoring).catch((error) => error)).message).toContain("This backup is damaged");
      expect(await into.store.documents.read(refKey("docs", "prod"))).toBeUndefined();
      await place.damage(blobKey(record.database.digest), () => undefined);
      await expect(readPiece(place.store, record.database)).rejects.toThrow("This backup is damaged");
    });

    test("holds a site whole that is renamed while it is made, at the one label or the other", async () => {
      await using from = await open();
      await using place = await open();
      await using into = await open();
      await writeSite(from.store, "docs", [V1, V2]);
      const records = new Records(from.store);
      const claim = (await records.readClaim("docs"))!;
      let label = "docs";
      let copies = 0;
      const { record } = await makeBackup({
        store: from.store,
        place: place.store,
        sessionKey: undefined,
        version: "1.2.3",
        nowMs: () => clockMs++,
        verifiesAll: true,
        show: quiet,
        async copyDatabase() {
          const copy = new TextEncoder().encode(label);
          if (copies++ > 0) return copy;
          // The whole of a rename falls between the database and the documents.
          await records.createClaim({ ...claim, label: "guide" });
          for (const version of [1, 2])
            await records.createRelease("guide", (await records.readRelease("docs", version))!);
          const ref = (await records.readRef("docs", "prod"))!;
          await records.moveRef("guide", "prod", () => ref);
          label = "guide";
          await records.writeClaim({ ...claim, moved_to: "guide" });
          await records.emptyLabel("docs");
          return copy;
        },
      });
      const restored = await restoreBackup({ place: place.store, record, store: into.store, show: quiet });
      expect(Buffer.from(restored.database).toString()).toBe("guide");
      expect(await new Records(into.store).releaseVersions("guide")).toEqual([1, 2]);
      expect((await fsck(into.store, quiet)).left).toEqual([]);
    });

    test("of the past gives way to newer ones, which keep all that they name", async () => {
      await using from = await open();
      await using place = await open();
      await writeSite(from.store, "docs", [V1]);
      const first = await backUp(from.store, place.store);
      await new Records(from.store).removeLabel("docs");
      await writeSite(from.store, "docs", [V2]);
      const second = await backUp(from.store, place.store);
      const tidied = await removeOldBackups(place.store, 1, () => clockMs++);
      expect(tidied).toMatchObject({ backups: [first.record.id], blobs: 3 });
      expect((await listBackups(place.store.documents)).map(({ id }) => id)).toEqual([second.record.id]);
      await using into = await open();
      await restoreBackup({ place: place.store, record: second.record, store: into.store, show: quiet });
      expect((await fsck(into.store, quiet)).left).toEqual([]);
    });

    test("is not made in a store that a server uses, nor is that tidied up", async () => {
      await using from = await open();
      await using other = await open();
      for (const { store } of [from, other]) await writeSite(store, "docs", [V1]);
      for (const place of [from.store, other.store]) {
        const before = await contentsOf(place);
        expect((await backUp(from.store, place).catch((error) => error)).code).toBe("conflict");
        const tidied = removeOldBackups(place, 1, () => clockMs++);
        expect(await tidied.catch((error) => error.code)).toBe("conflict");
        expect(await contentsOf(place)).toEqual(before);
      }
    });

    test("is not tidied away while another is being made", async () => {
      await using from = await open();
      await using place = await open();
      await writeSite(from.store, "docs", [V1]);
      await backUp(from.store, place.store);
      const { blobs } = from.store;
      const list = blobs.read.bind(blobs);
      const tidied: unknown[] = [];
      blobs.read = async (digest) => {
        tidied.push(await removeOldBackups(place.store, 1, () => clockMs++));
        return await list(digest);
      };
      await backUp(from.store, place.store);
      expect(tidied.length).toBeGreaterThan(0);
      expect(new Set(tidied)).toEqual(new Set([undefined]));
    });
  });
}
