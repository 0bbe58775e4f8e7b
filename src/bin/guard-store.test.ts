import { expect, test } from "bun:test";
import { hashBytes, openMemoryStore } from "#store";
import { guardStore } from "./guard-store.ts";

const content = new TextEncoder().encode("content");
const digest = hashBytes(content);

test("a guarded store reads always, and changes nothing where it may not", async () => {
  let isLost = false;
  const store = guardStore(openMemoryStore(), () => {
    if (isLost) throw new Error("lost");
  });
  const { documents, blobs, uploads, encodings } = store;
  const heard: string[] = [];
  documents.subscribe((key) => heard.push(key));
  await documents.create("refs/shop/prod.json", "one");
  await uploads.stage("w", digest, content.length, new Blob([content]).stream());
  await uploads.commit("w", [digest]);
  expect([heard, await blobs.has(digest)]).toEqual([["refs/shop/prod.json"], true]);

  isLost = true;
  const encoded = { br: content, zstd: content, gzip: content };
  for (const change of [
    () => documents.create("refs/blog/prod.json", "one"),
    () => documents.replace("refs/shop/prod.json", "one", "two"),
    () => documents.remove("refs/shop/prod.json"),
    () => blobs.remove(digest),
    () => blobs.quarantine(digest),
    () => blobs.write(digest, content.length, new Blob([content]).stream()),
    () => encodings.write(digest, encoded),
    () => encodings.remove(digest),
    () => uploads.stage("w", digest, content.length, new Blob([content]).stream()),
    () => uploads.commit("w", [digest]),
    () => uploads.expire(() => false),
  ]) {
    await expect(change()).rejects.toThrow("lost");
  }
  await expect(documents.remove("traffic/a.json")).rejects.toThrow("lost");
  expect(await documents.create("traffic/a.json", "what was counted last")).toBeTrue();
  expect(await documents.read("refs/shop/prod.json")).toBe("one");
  expect(await Array.fromAsync(documents.list("refs/"))).toEqual(["refs/shop/prod.json"]);
  expect(await blobs.bytes(digest)).toEqual(content);
});
