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
export const packShipments = <File extends { readonly size: number }>(files: Iterable<File>): Shipment<File>[] => [
  ...shipmentsOf(files),
];

/** Packs files into requests, in their order, each when it is asked for. */
export function* shipmentsOf<File extends { readonly size: number }>(files: Iterable<File>): Generator<Shipment<File>> {
  let batch: File[] = [];
  let bytes = 0;
  for (const file of files) {
    if (file.size > MAX_BATCHED_FILE_BYTES) {
      yield { kind: "file", file };
      continue;
    }
    if (bytes + batchedSize(file.size) > BATCH_BYTES || batch.length === MAX_BATCHED_FILES) {
      yield* closed(batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(file);
    bytes += batchedSize(file.size);
  }
  yield* closed(batch);
}

function* closed<File>(batch: readonly File[]): Generator<Shipment<File>> {
  if (batch.length === 1) yield { kind: "file", file: batch[0]! };
  else if (batch.length > 1) yield { kind: "batch", files: batch };
}
