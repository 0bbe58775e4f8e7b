import { type Digest, SitepodError } from "#model";
import { hashBytes, StreamHasher } from "./blake3.ts";

export type Chunks = AsyncIterable<Uint8Array>;

/**
 * Passes a body's chunks on while checking it. Throws SitepodError `invalid` as soon as it is longer than `size` bytes,
 * and at its end where it is shorter or its BLAKE3 is not `digest`: keep nothing before the last chunk has passed.
 */
export async function* verifiedBody(body: Chunks, digest: Digest, size: number): Chunks {
  const hasher = new StreamHasher();
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > size) {
      throw new SitepodError("invalid", `The body of ${digest} is longer than its ${size} bytes. Upload it again.`);
    }
    hasher.update(chunk);
    yield chunk;
  }
  if (received < size) {
    throw new SitepodError(
      "invalid",
      `The body of ${digest} ended after ${received} of its ${size} bytes. Upload it again.`,
    );
  }
  requireSame(digest, hasher.digest());
}

/** Throws SitepodError `invalid` where the bytes are not what the digest names. */
export const requireDigest = (bytes: Uint8Array, digest: Digest): void => requireSame(digest, hashBytes(bytes));

function requireSame(digest: Digest, actual: Digest): void {
  if (actual === digest) return;
  throw new SitepodError(
    "invalid",
    `The body of ${digest} has the hash ${actual}: the file changed while it was uploaded. Deploy again.`,
  );
}

/** Bodies up to this size are collected in memory and written at once. */
export const SMALL_BODY_BYTES = 256 * 1024;

/** Returns a body's bytes. `size` is what it was checked to be. */
export async function collectBody(body: Chunks, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of body) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
