import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inspectDiskStore, openDiskStore, openS3Store, type Store, type StoreReader } from "#store";
import type { EdgeSettings } from "./edge-settings.ts";
import type { StorageOptions } from "./storage-options.ts";

/** What R2 and most stores that are not Amazon's take for a region. */
const DEFAULT_REGION = "auto";

/**
 * Opens the store where the operator wants it: in the data folder, or in a bucket with a cache in the data folder. With
 * several `workers` it is that of the process that starts them. Who will write has the bucket probed at once (`isProbedAtOnce`);
 * who only looks changes nothing there.
 */
export async function openStore(
  data: string,
  storage: StorageOptions,
  { workers = 1, isProbedAtOnce = false } = {},
): Promise<Store> {
  if (storage.type === "local") return await openDiskStore(data);
  return await openBucket(storage, join(data, "cache"), workers, isProbedAtOnce);
}

/** Opens the store of other servers, for an edge that has none of its own: in a folder it is only read. */
export async function openSharedStore({ data, storage, workers }: EdgeSettings) {
  return storage.type === "local" ? inspectDiskStore(data) : await openStore(data, storage, { workers });
}

/** Opens the same store for the edge of that number, for reading alone. */
export async function openStoreReader({ data, storage, workers }: EdgeSettings, edge: number): Promise<StoreReader> {
  if (storage.type === "local") return inspectDiskStore(data);
  // One of its own: who counts what a cache holds must be alone with it.
  return await openBucket(storage, edgeCache(data, edge), workers, false);
}

/** Removes the caches of edges beyond those that there are now. To be called before they start. */
export function removeOldCaches({ data, workers }: Pick<EdgeSettings, "data" | "workers">): void {
  const folder = join(data, "cache");
  const edges = workers === 1 ? 0 : workers;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const number = Number(/^edge-(\d+)$/.exec(name)?.[1]);
    if (number > edges) rmSync(edgeCache(data, number), { recursive: true });
  }
}

const edgeCache = (data: string, edge: number): string => join(data, "cache", `edge-${edge}`);

/** The bound on the cache is one for all processes of a server together. */
function openBucket(
  storage: StorageOptions,
  cacheFolder: string,
  workers: number,
  isProbedAtOnce: boolean,
): Promise<Store> {
  const processes = workers === 1 ? 1 : workers + 1;
  return openS3Store({
    bucket: storage.bucket!,
    region: storage.region ?? DEFAULT_REGION,
    endpoint: storage.endpoint,
    addressing: storage.addressing ?? (storage.type === "oss" ? "host" : undefined),
    accessKeyId: storage.accessKey!,
    secretAccessKey: storage.secretKey!,
    presigned: storage.isPresigned,
    cacheFolder,
    cacheBytes: Math.floor(storage.cacheBytes / processes),
    isProbedAtOnce,
  });
}
