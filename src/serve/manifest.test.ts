import { expect, test } from "bun:test";
import { type Digest, encodeManifest, openManifest } from "#model";
import { createPods } from "./manifest.ts";

const digestOf = (number: number): Digest => `${number}`.padStart(64, "0") as Digest;

/** Pods of one file each, whose path is that long. */
function podsOf(pathLength: number, maxBytes: number) {
  const path = "a".repeat(pathLength);
  const manifest = openManifest(encodeManifest([{ path, digest: digestOf(0), size: 1, type: "text/plain" }]))!;
  const openBlob = () => Promise.reject(new Error("There are no rules"));
  return createPods({ readManifest: async () => manifest, openBlob }, maxBytes);
}

test.each([
  { pathLength: 10, kept: 100 },
  { pathLength: 10_000, kept: 25 },
])("pods with paths of $pathLength bytes are kept open by what they take in memory", async ({ pathLength, kept }) => {
  const pods = podsOf(pathLength, 320_000);
  for (let pod = 0; pod < 100; pod++) await pods.open(digestOf(pod));
  expect(pods.size).toBe(kept);
});
