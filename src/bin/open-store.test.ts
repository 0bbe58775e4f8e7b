import { expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgeSettingsOf } from "./edge-settings.ts";
import { openStore, openStoreReader, removeOldCaches } from "./open-store.ts";
import { parseServeOptions } from "./serve-options.ts";

/** Nobody is asked before something is read. */
const bucket = {
  type: "s3",
  isPresigned: false,
  bucket: "sites",
  region: "auto",
  endpoint: "http://127.0.0.1:9",
  accessKey: "key",
  addressing: undefined,
  secretKey: "secret",
  cacheBytes: 1000,
};
const settings = { ...edgeSettingsOf(parseServeOptions([], {})), storage: bucket };

test("on a bucket each edge has a cache of its own, and those of edges that are no more go at the next start", async () => {
  const data = await mkdtemp(join(tmpdir(), "sitepod-open-store-"));
  try {
    const caches = async () => (await readdir(join(data, "cache"))).toSorted();
    const settingsOf = (workers: number) => ({ ...settings, data, workers });
    await openStore(data, bucket, { workers: 3 });
    for (const edge of [1, 2, 3]) await openStoreReader(settingsOf(3), edge);
    expect(await caches()).toEqual(["edge-1", "edge-2", "edge-3", "tmp"]);
    removeOldCaches(settingsOf(2));
    expect(await caches()).toEqual(["edge-1", "edge-2", "tmp"]);
    removeOldCaches(settingsOf(1));
    expect(await caches()).toEqual(["tmp"]);
  } finally {
    await rm(data, { recursive: true });
  }
});
