import { expect, test } from "bun:test";
import type { Digest } from "#model";
import { hashBytes } from "./blake3.ts";
import { bodyOf, bytesOf, collect, commit, LARGE } from "./conformance-contents.ts";
import type { DigestRange, Store } from "./ports.ts";

/** What the blobs of every store do. */
export function testBlobs(store: () => Store): void {
  const absent = hashBytes(bytesOf("never stored"));

  test("are absent where nothing was committed", async () => {
    expect(await store().blobs.has(absent)).toBe(false);
    expect(await store().blobs.size(absent)).toBeUndefined();
    expect(await store().blobs.bytes(absent)).toBeUndefined();
    expect(await store().blobs.remove(absent)).toBe(false);
    await expect((async () => (await store().blobs.open(absent)).bytes())()).rejects.toThrow();
  });

  test("are read in slices", async () => {
    const [digest] = await commit(store(), "ws10", LARGE);
    const blob = await store().blobs.open(digest!);
    expect(await blob.slice(1_000_000, 1_000_010).bytes()).toEqual(LARGE.slice(1_000_000, 1_000_010));
  });

  test("are listed with size and time until they are removed", async () => {
    const content = bytesOf("listed, then removed");
    const [digest] = await commit(store(), "ws10", content);
    const find = async () => (await collect(store().blobs.list())).find((blob) => blob.digest === digest);
    const listed = await find();
    expect(listed?.size).toBe(content.length);
    expect(await store().blobs.size(digest!)).toBe(content.length);
    expect(Math.abs(listed!.modifiedMs - Date.now())).toBeLessThan(60_000);
    expect(await store().blobs.remove(digest!)).toBe(true);
    expect(await find()).toBeUndefined();
    expect(await store().blobs.has(digest!)).toBe(false);
  });

  test("are listed in the order of their first two digits, all or those of a range", async () => {
    const contents = Array.from({ length: 40 }, (_, i) => bytesOf(`listed in order ${i}`));
    const digests = await commit(store(), "ws11", ...contents);
    const list = async (range?: DigestRange) => (await collect(store().blobs.list(range))).map(({ digest }) => digest);
    const all = await list();
    expect(all).toEqual(expect.arrayContaining(digests));
    const places = all.map((digest) => digest.slice(0, 2));
    expect(places).toEqual(places.toSorted());
    const from = digests[0]!.slice(0, 2);
    expect((await list({ from })).toSorted()).toEqual(all.filter((digest) => digest >= from).toSorted());
    expect((await list({ before: from })).toSorted()).toEqual(all.filter((digest) => digest < from).toSorted());
  });

  const stored = async (digest: Digest) => {
    const found = await store().blobs.read(digest);
    return found && { size: found.size, bytes: new Uint8Array(Buffer.concat(await collect(found.body))) };
  };

  test("are written as another store has them, in the place of what is there", async () => {
    for (const content of [bytesOf("copied"), LARGE]) {
      const digest = hashBytes(content);
      await store().blobs.write(digest, content.length, bodyOf(content));
      await store().blobs.write(digest, content.length, bodyOf(content));
      expect(await stored(digest)).toEqual({ size: content.length, bytes: new Uint8Array(content) });
      expect(await store().blobs.bytes(digest)).toEqual(new Uint8Array(content));
    }
  });

  test("that are not what their digest says are not written", async () => {
    const content = bytesOf("one thing");
    for (const [digest, size] of [
      [hashBytes(bytesOf("another")), content.length],
      [hashBytes(content), content.length - 1],
      [hashBytes(content), content.length + 1],
    ] as const) {
      const refused = await store()
        .blobs.write(digest, size, bodyOf(content))
        .catch((error) => error.code);
      expect(refused).toBe("invalid");
      expect(await store().blobs.has(digest)).toBe(false);
    }
  });

  test("are gone once they are in quarantine, and can be stored again", async () => {
    const content = bytesOf("to be looked at");
    const digest = hashBytes(content);
    expect(await store().blobs.quarantine(digest)).toBe(false);
    await store().blobs.write(digest, content.length, bodyOf(content));
    expect(await store().blobs.quarantine(digest)).toBe(true);
    expect(await store().blobs.has(digest)).toBe(false);
    expect(await stored(digest)).toBeUndefined();
    await store().blobs.write(digest, content.length, bodyOf(content));
    expect(await store().blobs.quarantine(digest)).toBe(true);
  });
}
