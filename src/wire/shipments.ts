import { batchedSize, MAX_BATCH_BLOBS } from "./blob-batch.ts";

/** Larger files go in a request of their own, streamed and each tried again by itself. Bytes. */
export const MAX_BATCHED_FILE_BYTES = 256 * 1024;
/** Enough to make a request worth its cost, little enough to be sent again without regret on a slow line. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** What the server takes in one. */
export const MAX_BATCHED_FILES = MAX_BATCH_BLOBS;

/** What one request sends: several small files as a batch, or one file. */
export type Shipment<File> =
  { readonly kind: "batch"; readonly files: readonly File[] } | { readonly kind: "file"; readonly file: File };

/** Packs files into requests, in their order. */
export function packShipments<File extends { readonly size: number }>(files: readonly File[]): Shipment<File>[] {
  const shipments: Shipment<File>[] = [];
  let batch: File[] = [];
  let bytes = 0;
  const close = () => {
    if (batch.length === 1) shipments.push({ kind: "file", file: batch[0]! });
    else if (batch.length > 1) shipments.push({ kind: "batch", files: batch });
    batch = [];
    bytes = 0;
  };
  for (const file of files) {
    if (file.size > MAX_BATCHED_FILE_BYTES) {
      shipments.push({ kind: "file", file });
      continue;
    }
    if (bytes + batchedSize(file.size) > BATCH_BYTES || batch.length === MAX_BATCHED_FILES) close();
    batch.push(file);
    bytes += batchedSize(file.size);
  }
  close();
  return shipments;
}
