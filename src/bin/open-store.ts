import { join } from "node:path";
import { openDiskStore, openS3Store, type Store } from "#store";
import type { StorageOptions } from "./serve-options.ts";

/** Blobs of the bucket that are kept on the local disk. */
const CACHE_BYTES = 10 * 1024 ** 3;
/** What R2 and most stores that are not Amazon's take for a region. */
const DEFAULT_REGION = "auto";

/** Opens the store where the operator wants it: in the data folder, or in a bucket with a cache in the data folder. */
export function openStore(data: string, storage: StorageOptions): Promise<Store> {
  if (storage.type === "local") return openDiskStore(data);
  return openS3Store({
    bucket: storage.bucket!,
    region: storage.region ?? DEFAULT_REGION,
    endpoint: storage.endpoint,
    accessKeyId: storage.accessKey!,
    secretAccessKey: storage.secretKey!,
    presigned: storage.isPresigned,
    cacheFolder: join(data, "cache"),
    cacheBytes: CACHE_BYTES,
  });
}
