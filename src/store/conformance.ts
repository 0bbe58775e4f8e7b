import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import type { Store } from "./ports.ts";

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const filled = (size: number, seed: number) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed * 17) % 251);
const SMALL = filled(20_000, 1);
const LARGE = filled(1_500_000, 2);

/** A body that arrives in pieces. */
function bodyOf(bytes: Uint8Array, pieceBytes = 60_000): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What every store does, whatever it stands on. Each test uses keys, workspaces and content of its own. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    let store: Store;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());

    async function commit(workspace: string, ...contents: Uint8Array[]): Promise<Digest[]> {
      const digests = contents.map(hashBytes);
      for (const [i, digest] of digests.entries()) {
        await store.uploads.stage(workspace, digest, contents[i]!.length, bodyOf(contents[i]!));
      }
      await store.uploads.commit(workspace, digests);
      return digests;
    }

    test("says that it works", () => store.check());

    describe("documents", () => {
      const documents = () => store.documents;

      test("are absent until they are created", async () => {
        expect(await documents().read("refs/absent/prod.json")).toBeUndefined();
        expect(await documents().create("refs/absent/prod.json", "one\n")).toBe(true);
        expect(await documents().read("refs/absent/prod.json")).toBe("one\n");
      });

      test("are created once", async () => {
        await documents().create("refs/once/prod.json", "first");
        expect(await documents().create("refs/once/prod.json", "second")).toBe(false);
        expect(await documents().read("refs/once/prod.json")).toBe("first");
      });

      test("keep every character", async () => {
        const text = '\u0001 ü 漢字 🦊 \r\n\t"';
        await documents().create("sites/text.json", text);
        expect(await documents().read("sites/text.json")).toBe(text);
      });

      test("are created by exactly one of 50 who try at once", async () => {
        const won = await Promise.all(
          Array.from({ length: 50 }, (_, i) => documents().create("sites/contested.json", `by ${i}`)),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await documents().read("sites/contested.json")).toBe(`by ${won.indexOf(true)}`);
      });

      test("are replaced where the expected text is there, and only there", async () => {
        await documents().create("refs/swap/prod.json", "1");
        expect(await documents().replace("refs/swap/prod.json", "0", "2")).toBe(false);
        expect(await documents().read("refs/swap/prod.json")).toBe("1");
        expect(await documents().replace("refs/swap/prod.json", "1", "2")).toBe(true);
        expect(await documents().read("refs/swap/prod.json")).toBe("2");
        expect(await documents().replace("refs/swap-none/prod.json", "1", "2")).toBe(false);
        expect(await documents().read("refs/swap-none/prod.json")).toBeUndefined();
      });

      test("let exactly one of 100 concurrent replaces win, round after round", async () => {
        const key = "refs/race/prod.json";
        await documents().create(key, "start");
        let current = "start";
        for (let round = 0; round < 5; round++) {
          const texts = Array.from({ length: 100 }, (_, i) => `round ${round}, by ${i}`);
          const won = await Promise.all(texts.map((text) => documents().replace(key, current, text)));
          expect(won.filter(Boolean)).toHaveLength(1);
          current = texts[won.indexOf(true)]!;
          expect(await documents().read(key)).toBe(current);
        }
      });

      test("are never seen half written", async () => {
        const key = "refs/whole/prod.json";
        const texts = ["a", "b", "c"].map((letter) => letter.repeat(100_000));
        await documents().create(key, texts[0]!);
        let writing = true;
        const write = async () => {
          for (let i = 0; i < 20; i++) await documents().replace(key, texts[i % 3]!, texts[(i + 1) % 3]!);
          writing = false;
        };
        let torn = 0;
        const read = async () => {
          while (writing) if (!texts.includes((await documents().read(key)) ?? "")) torn++;
        };
        await Promise.all([write(), read(), read()]);
        expect(torn).toBe(0);
      });

      test("are removed", async () => {
        await documents().create("hosts/docs.example.com.json", "{}");
        expect(await documents().remove("hosts/docs.example.com.json")).toBe(true);
        expect(await documents().remove("hosts/docs.example.com.json")).toBe(false);
        expect(await documents().read("hosts/docs.example.com.json")).toBeUndefined();
        expect(await documents().replace("hosts/docs.example.com.json", "{}", "{}")).toBe(false);
        expect(await documents().create("hosts/docs.example.com.json", "again")).toBe(true);
      });

      test("are listed below a folder, and not below one that starts alike", async () => {
        const keys = ["listed/docs/prod.json", "listed/docs/beta.json", "listed/docs-2/prod.json"];
        for (const key of keys) await documents().create(key, "{}");
        expect((await collect(documents().list("listed/"))).sort()).toEqual([...keys].sort());
        expect((await collect(documents().list("listed/docs/"))).sort()).toEqual(keys.slice(0, 2).sort());
        expect(await collect(documents().list("listed/none/"))).toEqual([]);
      });

      test("tell subscribers of each change, and of nothing else", async () => {
        const seen: string[] = [];
        const end = documents().subscribe((key) => seen.push(key));
        const key = "refs/watched/prod.json";
        await documents().create(key, "1");
        await documents().create(key, "1");
        await documents().replace(key, "0", "2");
        await documents().replace(key, "1", "2");
        await documents().remove(key);
        await documents().remove(key);
        end();
        await documents().create(key, "3");
        expect(seen).toEqual([key, key, key]);
      });

      for (const key of [
        "",
        "/etc/passwd",
        "prod.json",
        "../outside.json",
        "refs/../../outside.json",
        "refs/./prod.json",
        "refs//prod.json",
        "refs/docs",
        "refs/docs/",
        "refs/docs/.json",
        "refs/.hidden/prod.json",
        "refs/docs/prod.json/",
        "refs/docs/prod.json/x.json",
        "refs\\docs\\prod.json",
        "refs/do\0cs/prod.json",
        "refs/docs/prod.json\n",
        "refs/Docs/prod.json",
        "refs/döcs/prod.json",
        `refs/${"d".repeat(254)}/prod.json`,
        "blobs/a1/tmp",
      ]) {
        test(`refuse the key ${JSON.stringify(key.slice(0, 40))}`, async () => {
          for (const act of [
            async () => documents().read(key),
            async () => documents().create(key, "x"),
            async () => documents().replace(key, "x", "y"),
            async () => documents().remove(key),
          ]) {
            await expect(act()).rejects.toThrow(RangeError);
          }
        });
      }

      test("refuse to list what is not a folder below the store", async () => {
        for (const prefix of ["", "/", "refs", "../", "refs/../../", "refs//"]) {
          await expect(collect(documents().list(prefix))).rejects.toThrow(RangeError);
        }
      });
    });

    describe("uploads", () => {
      test("become blobs at commit, not before", async () => {
        const content = bytesOf("staged, then committed");
        const digest = hashBytes(content);
        await store.uploads.stage("ws1", digest, content.length, bodyOf(content));
        expect(await store.uploads.staged("ws1", [digest])).toEqual(new Set([digest]));
        expect(await store.blobs.has(digest)).toBe(false);
        await store.uploads.commit("ws1", [digest]);
        expect(await store.blobs.has(digest)).toBe(true);
        expect(await store.uploads.staged("ws1", [digest])).toEqual(new Set());
      });

      test("are not shown to another workspace, nor committed by it", async () => {
        const content = bytesOf("a secret of workspace one");
        const digest = hashBytes(content);
        await store.uploads.stage("ws1", digest, content.length, bodyOf(content));
        expect(await store.uploads.staged("ws2", [digest])).toEqual(new Set());
        await store.uploads.commit("ws2", [digest]);
        expect(await store.blobs.has(digest)).toBe(false);
      });

      for (const [what, content] of [
        ["an empty body", new Uint8Array(0)],
        ["a small body", SMALL],
        ["a large body", LARGE],
      ] as const) {
        test(`bring ${what} back byte for byte`, async () => {
          const [digest] = await commit("ws3", content);
          expect(hashBytes((await store.blobs.bytes(digest!))!)).toBe(digest!);
          const blob = await store.blobs.open(digest!);
          expect(blob.size).toBe(content.length);
          expect(hashBytes(await blob.bytes())).toBe(digest!);
        });
      }

      for (const [kind, content] of [
        ["small", SMALL.subarray(0, 19_000)],
        ["large", LARGE.subarray(0, 1_400_000)],
      ] as const) {
        const digest = hashBytes(content);
        for (const [fault, size, sent] of [
          ["one byte short", content.length, content.subarray(1)],
          ["one byte long", content.length, new Uint8Array([...content, 0])],
          ["empty", content.length, new Uint8Array(0)],
          ["altered in one byte", content.length, content.with(7, content[7]! ^ 1)],
          ["declared with another size", content.length + 1, content],
        ] as const) {
          test(`refuse a ${kind} body that is ${fault}, and keep nothing of it`, async () => {
            const staging = store.uploads.stage("ws4", digest, size, bodyOf(sent));
            expect(await staging.catch((error) => error.code)).toBe("invalid");
            expect(await store.uploads.staged("ws4", [digest])).toEqual(new Set());
            await store.uploads.commit("ws4", [digest]);
            expect(await store.blobs.has(digest)).toBe(false);
          });
        }
      }

      test("pass the failure of a body on, and keep nothing of it", async () => {
        const digest = hashBytes(LARGE.subarray(5));
        let sent = 0;
        const broken = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent++ < 10) controller.enqueue(LARGE.slice(5, 60_005));
            else controller.error(new Error("connection lost"));
          },
        });
        await expect(store.uploads.stage("ws4", digest, LARGE.length - 5, broken)).rejects.toThrow("connection lost");
        expect(await store.uploads.staged("ws4", [digest])).toEqual(new Set());
      });

      test("may be staged and committed again", async () => {
        const content = bytesOf("twice");
        const [digest] = await commit("ws5", content);
        await store.uploads.commit("ws5", [digest!]);
        await commit("ws5", content);
        await Promise.all([commit("ws5", content), commit("ws5", content)]);
        expect(await store.blobs.bytes(digest!)).toEqual(content);
      });

      test("of one content by many workspaces at once all become that blob", async () => {
        const contents = Array.from({ length: 40 }, (_, i) => bytesOf(`common file ${i}`));
        const all = await Promise.all(["ws6", "ws7", "ws8"].map((workspace) => commit(workspace, ...contents)));
        for (const digest of all.flat()) expect(await store.blobs.has(digest)).toBe(true);
      });

      test("expire when they are old, unless they are kept", async () => {
        const contents = ["kept", "dropped", "dropped too"].map(bytesOf);
        const digests = contents.map(hashBytes);
        for (const [i, digest] of digests.entries()) {
          await store.uploads.stage("ws9", digest, contents[i]!.length, bodyOf(contents[i]!));
        }
        const keep = (workspace: string, digest: Digest) => workspace !== "ws9" || digest === digests[0];
        const dayMs = 86_400_000;
        expect(await store.uploads.expire(Date.now() - dayMs, keep)).toBe(0);
        expect(await store.uploads.expire(Date.now() + dayMs, keep)).toBe(2);
        expect(await store.uploads.staged("ws9", digests)).toEqual(new Set([digests[0]!]));
      });

      test("refuse a workspace or a digest that would leave its folder", async () => {
        const digest = hashBytes(SMALL);
        for (const workspace of ["", ".", "..", "a/b", "../blobs", "a\0b", "a.b"]) {
          await expect(store.uploads.stage(workspace, digest, SMALL.length, bodyOf(SMALL))).rejects.toThrow(RangeError);
        }
        for (const hostile of ["", "..", `../${digest}`, digest.toUpperCase(), `${digest}/`] as Digest[]) {
          await expect(store.uploads.stage("ws1", hostile, SMALL.length, bodyOf(SMALL))).rejects.toThrow(RangeError);
          await expect((async () => store.blobs.has(hostile))()).rejects.toThrow(RangeError);
        }
      });
    });

    describe("blobs", () => {
      const absent = hashBytes(bytesOf("never stored"));

      test("are absent where nothing was committed", async () => {
        expect(await store.blobs.has(absent)).toBe(false);
        expect(await store.blobs.bytes(absent)).toBeUndefined();
        expect(await store.blobs.remove(absent)).toBe(false);
        await expect((async () => (await store.blobs.open(absent)).bytes())()).rejects.toThrow();
      });

      test("are read in slices", async () => {
        const [digest] = await commit("ws10", LARGE);
        const blob = await store.blobs.open(digest!);
        expect(await blob.slice(1_000_000, 1_000_010).bytes()).toEqual(LARGE.slice(1_000_000, 1_000_010));
      });

      test("are listed with size and time until they are removed", async () => {
        const content = bytesOf("listed, then removed");
        const [digest] = await commit("ws10", content);
        const find = async () => (await collect(store.blobs.list())).find((blob) => blob.digest === digest);
        const listed = await find();
        expect(listed?.size).toBe(content.length);
        expect(Math.abs(listed!.modifiedMs - Date.now())).toBeLessThan(60_000);
        expect(await store.blobs.remove(digest!)).toBe(true);
        expect(await find()).toBeUndefined();
        expect(await store.blobs.has(digest!)).toBe(false);
      });
    });
  });
}
