import type { Bucket } from "./s3-bucket.ts";
import { abortAbandoned } from "./s3-multipart.ts";

/** Nothing takes so long that is still under way. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Removes what killed servers left half done in a bucket: uploads in parts, and what they wrote to try it. */
export async function removeLeftovers(bucket: Bucket, nowMs: number): Promise<void> {
  const beforeMs = nowMs - ABANDONED_AFTER_MS;
  for (const folder of ["uploads/", "blobs/"]) await abortAbandoned(bucket, folder, beforeMs);
  for await (const { key, modifiedMs } of bucket.list("tmp/")) if (modifiedMs < beforeMs) await bucket.remove(key);
}
