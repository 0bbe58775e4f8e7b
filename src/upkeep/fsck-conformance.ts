import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { blobKey, encodingKey, NOT_WORTH_ENCODING, refKey, releaseKey, withDeletion } from "#model";
import { hashBytes, Records, type Store } from "#store";
import { fsck } from "./fsck.ts";
import type { RepairSource } from "./repair.ts";
import { digestOf, writeSite } from "./test-site.ts";

/** A store, and a way past it to what lies there: a file, or an object. */
export interface DamagedStore extends AsyncDisposable {
  readonly store: Store;
  /** Replaces what lies under a key; undefined removes it. */
  damage(key: string, change: (bytes: Uint8Array) => Uint8Array | undefined): Promise<void>;
}

const quiet = () => {};
const flipBit = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte));
const cutShort = (bytes: Uint8Array) => bytes.slice(0, -1);
const removed = () => undefined;

const V1 = { "index.html": "page one", "shared.txt": "shared by both", "a/deep.html": "only in one" };
const V2 = { "index.html": "page two", "shared.txt": "shared by both" };

/** What fsck finds and repairs in every store. */
export function describeFsck(name: string, open: () => Promise<DamagedStore>): void {
  const tools = (store: Store, source?: RepairSource) => {
    const forgotten: string[] = [];
    return { forgotten, tools: { store, source, forgetOwners: async (digest: string) => void forgotten.push(digest) } };
  };
  const sourceOf = ({ blobs, documents }: Store): RepairSource => ({
    readBlob: (digest) => blobs.read(digest),
    readDocument: (key) => documents.read(key),
  });

  describe(name, () => {
    test("that is whole has no damage", async () => {
      await using opened = await open();
      await writeSite(opened.store, "docs", [V1, V2]);
      const { checked, left } = await fsck(opened.store, quiet);
      expect(checked).toMatchObject({ blobs: 6, documents: 4, pods: 2, damage: [] });
      expect(left).toEqual([]);
    });

    test.each([
      ["a flipped bit", flipBit, "has another content than its name says"],
      ["its end cut off", cutShort, "has another content than its name says"],
      ["its file gone", removed, "is missing"],
    ])("a content with %s is told with each site, release and path that it hits", async (_, change, problem) => {
      await using opened = await open();
      await writeSite(opened.store, "docs", [V1, V2]);
      await writeSite(opened.store, "blog", [{ "copy.txt": "shared by both" }]);
      const digest = digestOf("shared by both");
      await opened.damage(blobKey(digest), change);
      const { left } = await fsck(opened.store, quiet);
      expect(left).toMatchObject([{ kind: "blob", key: blobKey(digest), problem }]);
      expect(left[0]?.hits.map(({ site, release, path }) => `${site} ${release} ${path}`).toSorted()).toEqual([
        "blog prod copy.txt",
        "blog v1 copy.txt",
        "docs prod shared.txt",
        "docs prod, for pages opened earlier shared.txt",
        "docs v1 shared.txt",
        "docs v2 shared.txt",
      ]);
    });

    test("a manifest that is damaged hits all of its release", async () => {
      await using opened = await open();
      const [, second] = await writeSite(opened.store, "docs", [V1, V2]);
      await opened.damage(blobKey(second!), flipBit);
      const { left } = await fsck(opened.store, quiet);
      expect(left).toMatchObject([
        {
          key: blobKey(second!),
          hits: [
            { site: "docs", release: "prod" },
            { site: "docs", release: "v2" },
          ],
        },
      ]);
    });

    test("what is in the bin is looked through, and told to be there", async () => {
      await using opened = await open();
      const [manifest] = await writeSite(opened.store, "docs", [V1]);
      await new Records(opened.store).changeClaim("docs", (claim) => withDeletion(claim, claim.created_at));
      await opened.damage(blobKey(digestOf(V1["index.html"])), flipBit);
      const { left } = await fsck(opened.store, quiet);
      expect(left).toMatchObject([{ pods: [manifest] }]);
      expect(left[0]!.hits.map(({ release, path }) => `${release}: ${path}`).toSorted()).toEqual([
        "prod, in the bin: index.html",
        "v1, in the bin: index.html",
      ]);
    });

    test("a content of another length than its manifest says is told, though it is what its name says", async () => {
      await using opened = await open();
      const [manifest] = await writeSite(opened.store, "docs", [V1]);
      const bytes = await opened.store.blobs.bytes(manifest!);
      // The size of the first entry: `a/deep.html`.
      const lying = bytes!.map((byte, i) => (i === 24 + 8 ? byte + 1 : byte));
      await opened.store.blobs.write(hashBytes(lying), lying.length, new Blob([lying]).stream());
      await opened.damage(releaseKey("docs", 1), (text) =>
        new TextEncoder().encode(new TextDecoder().decode(text).replace(manifest!, hashBytes(lying))),
      );
      const { left } = await fsck(opened.store, quiet);
      expect(left).toMatchObject([
        {
          key: blobKey(digestOf("only in one")),
          problem: "has 11 bytes, and a manifest says 12",
          hits: [{ site: "docs", release: "v1", path: "a/deep.html" }],
        },
      ]);
    });

    test("documents that cannot be read, or that others name and are not there, are told", async () => {
      await using opened = await open();
      await writeSite(opened.store, "docs", [V1, V2]);
      await opened.damage(refKey("docs", "prod"), cutShortOfJson);
      await opened.damage("sites/docs.json", removed);
      const { left } = await fsck(opened.store, quiet);
      expect(left.map(({ key, problem }) => `${key} ${problem.split(",")[0]}`)).toEqual([
        "refs/docs/prod.json cannot be read",
        "sites/docs.json is missing",
      ]);
    });

    test("a compressed form of something else is told, and removed with the mark of its pod by a repair", async () => {
      await using opened = await open();
      const [manifest] = await writeSite(opened.store, "docs", [V1]);
      const { encodings } = opened.store;
      const digest = digestOf("page one");
      await encodings.write(digest, { ...NOT_WORTH_ENCODING, gzip: gzipSync("page one") });
      await encodings.write(manifest!, NOT_WORTH_ENCODING);
      expect((await fsck(opened.store, quiet)).left).toEqual([]);
      for (const bad of [gzipSync("page two"), gzipSync("page one and much more"), cutShort(gzipSync("page one"))]) {
        await encodings.write(digest, { ...NOT_WORTH_ENCODING, gzip: gzipSync("page one") });
        await encodings.write(manifest!, NOT_WORTH_ENCODING);
        await opened.damage(encodingKey(digest, "gzip"), () => bad);
        const found = await fsck(opened.store, quiet);
        expect(found.left).toMatchObject([
          {
            kind: "encoding",
            key: encodingKey(digest, "gzip"),
            hits: [
              { site: "docs", release: "prod", path: "index.html" },
              { site: "docs", release: "v1", path: "index.html" },
            ],
          },
        ]);
        const { repaired, left } = await fsck(opened.store, quiet, tools(opened.store).tools);
        expect([repaired.map(({ outcome }) => outcome), left]).toEqual([["removed"], []]);
        expect([await encodings.has(digest), await encodings.has(manifest!)]).toEqual([false, false]);
      }
    });

    test("a repair without a source puts damaged contents into quarantine and has them sent again", async () => {
      await using opened = await open();
      await writeSite(opened.store, "docs", [V1]);
      const [damaged, missing] = [digestOf("page one"), digestOf("only in one")];
      await opened.damage(blobKey(damaged), flipBit);
      await opened.damage(blobKey(missing), removed);
      const { forgotten, tools: repairTools } = tools(opened.store);
      const { repaired, left } = await fsck(opened.store, quiet, repairTools);
      expect(Object.fromEntries(repaired.map(({ damage, outcome }) => [damage.digest!, outcome]))).toEqual({
        [damaged]: "quarantined",
        [missing]: "expected",
      });
      expect(forgotten.toSorted()).toEqual([damaged, missing].toSorted());
      expect(left.map(({ problem }) => problem)).toEqual(["is missing", "is missing"]);
      expect(await opened.store.blobs.has(damaged)).toBe(false);
    });

    test("a repair from another store makes all whole again, what only a lost manifest names included", async () => {
      await using source = await open();
      await using opened = await open();
      for (const store of [source.store, opened.store]) await writeSite(store, "docs", [V1, V2]);
      const [, second] = await writeSite(source.store, "docs", [V1, V2]);
      await opened.damage(blobKey(second!), flipBit);
      await opened.damage(blobKey(digestOf("page two")), removed);
      await opened.damage(blobKey(digestOf("page one")), cutShort);
      await opened.damage(refKey("docs", "prod"), cutShortOfJson);
      await opened.damage(releaseKey("docs", 1), removed);
      await opened.damage(releaseKey("docs", 2), removed);
      const { repaired, left } = await fsck(opened.store, quiet, tools(opened.store, sourceOf(source.store)).tools);
      expect(left).toEqual([]);
      expect(new Set(repaired.map(({ outcome }) => outcome))).toEqual(new Set(["restored"]));
      expect((await fsck(opened.store, quiet)).left).toEqual([]);
    });

    test("a repair takes nothing that is damaged in the source too", async () => {
      await using source = await open();
      await using opened = await open();
      for (const { store } of [source, opened]) await writeSite(store, "docs", [V1]);
      for (const each of [source, opened]) await each.damage(blobKey(digestOf("page one")), flipBit);
      const { repaired } = await fsck(opened.store, quiet, tools(opened.store, sourceOf(source.store)).tools);
      expect(repaired.map(({ outcome }) => outcome)).toEqual(["quarantined"]);
    });
  });
}

const cutShortOfJson = (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2);
