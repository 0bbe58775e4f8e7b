import { expect, test } from "bun:test";
import { type Digest, encodeManifest } from "#model";
import { hashBytes } from "./blake3.ts";
import { createManifestReader } from "./manifest-reader.ts";

const digest = hashBytes(new Uint8Array(1));

/** Blobs that count how often each is read. */
function countingBlobs(contents: Map<Digest, Uint8Array>) {
  const reads = new Map<Digest, number>();
  return {
    reads,
    async bytes(wanted: Digest) {
      reads.set(wanted, (reads.get(wanted) ?? 0) + 1);
      return contents.get(wanted);
    },
  };
}

function manifestOf(path: string): Uint8Array {
  return encodeManifest([{ path, digest, size: 1, type: "text/html" }]);
}

test("a manifest is read once, also when many want it at the same time", async () => {
  const blobs = countingBlobs(new Map([[digest, manifestOf("index.html")]]));
  const read = createManifestReader(blobs);
  const manifests = await Promise.all(Array.from({ length: 10 }, () => read(digest)));
  for (const manifest of manifests) expect(manifest?.find("index.html")?.digest).toBe(digest);
  await read(digest);
  expect(blobs.reads.get(digest)).toBe(1);
});

test("an absent manifest is found once it is there", async () => {
  const contents = new Map<Digest, Uint8Array>();
  const read = createManifestReader(countingBlobs(contents));
  expect(await read(digest)).toBeUndefined();
  contents.set(digest, manifestOf("index.html"));
  expect((await read(digest))?.fileCount).toBe(1);
});

test("a blob that is no manifest is none", async () => {
  const read = createManifestReader(countingBlobs(new Map([[digest, new TextEncoder().encode("<html>")]])));
  expect(await read(digest)).toBeUndefined();
});

test("the manifests kept open stay within the bound; those used last are kept", async () => {
  const manifests = ["a.html", "b.html", "c.html"].map(manifestOf);
  const digests = manifests.map(hashBytes);
  const blobs = countingBlobs(new Map(manifests.map((bytes, i) => [digests[i]!, bytes])));
  const read = createManifestReader(blobs, manifests[0]!.length * 2);
  const [a, b, c] = digests as [Digest, Digest, Digest];
  for (const wanted of [a, b, a, c, a, b]) expect((await read(wanted))?.fileCount).toBe(1);
  expect([...blobs.reads]).toEqual([
    [a, 1],
    [b, 2],
    [c, 1],
  ]);
});

test("a manifest larger than the bound is read all the same", async () => {
  const blobs = countingBlobs(new Map([[digest, manifestOf("index.html")]]));
  const read = createManifestReader(blobs, 10);
  expect((await read(digest))?.fileCount).toBe(1);
  expect((await read(digest))?.fileCount).toBe(1);
});
