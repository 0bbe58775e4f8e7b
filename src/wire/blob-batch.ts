import { type Digest, DIGEST_BYTES, digestFromBytes, type Parsed, accepted, refused, writeDigest } from "#model";

/**
 * Many small blobs as one body: for each its digest (32 bytes), its length (u32, little-endian) and its bytes, one after
 * another. A request a blob costs more than the blob where a deploy has thousands of small ones.
 */
export interface BatchedBlob {
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const BATCH_MEDIA_TYPE = "application/vnd.sitepod.blobs";
/** What one body may hold, in bytes; a client fills it to less. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
/** How many blobs one body may hold: each becomes a file. */
export const MAX_BATCH_BLOBS = 1000;

/** What one part of a large content has, in bytes: little enough to be lost without regret, on a slow line too. */
export const PART_BYTES = 16 * 1024 * 1024;

const LENGTH_BYTES = 4;
const HEADER_BYTES = DIGEST_BYTES + LENGTH_BYTES;

/** Bytes that a blob of `size` bytes takes in a batch. */
export const batchedSize = (size: number): number => HEADER_BYTES + size;

export const encodeBatch = (blobs: readonly BatchedBlob[]): Uint8Array<ArrayBuffer> =>
  fillBatch(
    blobs.map(({ digest, bytes }) => ({ digest, size: bytes.length, bytes })),
    ({ bytes }, place) => place.set(bytes),
  );

/** Makes a batch of blobs that `fill` puts in their places, one after another. */
export function fillBatch<Blob extends { readonly digest: Digest; readonly size: number }>(
  blobs: readonly Blob[],
  fill: (blob: Blob, place: Uint8Array) => void,
): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(blobs.reduce((total, { size }) => total + batchedSize(size), 0));
  const view = new DataView(body.buffer);
  let at = 0;
  for (const blob of blobs) {
    writeDigest(blob.digest, body, at);
    view.setUint32(at + DIGEST_BYTES, blob.size, true);
    const next = at + batchedSize(blob.size);
    fill(blob, body.subarray(at + HEADER_BYTES, next));
    at = next;
  }
  return body;
}

/** Reads a batch in place: the blobs share its memory. They are not verified against their digests. */
export function parseBatch(body: Uint8Array<ArrayBuffer>): Parsed<BatchedBlob[]> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const blobs: BatchedBlob[] = [];
  let at = 0;
  while (at < body.length) {
    if (blobs.length === MAX_BATCH_BLOBS) return refused(`the batch holds more than ${MAX_BATCH_BLOBS} blobs`);
    if (at + HEADER_BYTES > body.length) return refused("the batch ends within a blob's header");
    const length = view.getUint32(at + DIGEST_BYTES, true);
    if (at + HEADER_BYTES + length > body.length) return refused("the batch ends within a blob");
    blobs.push({
      digest: digestFromBytes(body, at),
      bytes: body.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length),
    });
    at += batchedSize(length);
  }
  return accepted(blobs);
}
