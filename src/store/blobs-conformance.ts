import { expect, test } from "bun:test";
import { hashBytes } from "./blake3.ts";
import { bytesOf, collect, commit, LARGE } from "./conformance-contents.ts";
import type { Store } from "./ports.ts";

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
}
