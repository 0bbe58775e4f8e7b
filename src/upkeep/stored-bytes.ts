import { createBrotliDecompress, createGunzip, createZstdDecompress } from "node:zlib";
import type { Digest, Encoding } from "#model";
import { StreamHasher } from "#store";

export interface Hashed {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Reads all of a body. */
export async function hashBody(body: AsyncIterable<Uint8Array>): Promise<Hashed> {
  const hasher = new StreamHasher();
  let size = 0;
  for await (const chunk of body) {
    hasher.update(chunk);
    size += chunk.length;
  }
  return { digest: hasher.digest(), size };
}

const DECODERS = { br: createBrotliDecompress, zstd: createZstdDecompress, gzip: createGunzip } as const;

/** Reads what an encoding decodes to, `maxBytes` at most. Undefined where it cannot be decoded, or is longer. */
export async function hashDecoded(
  encoded: Uint8Array,
  encoding: Encoding,
  maxBytes: number,
): Promise<Hashed | undefined> {
  const decoder = DECODERS[encoding]();
  decoder.end(encoded);
  try {
    return await hashBody(bounded(decoder, maxBytes));
  } catch {
    return undefined;
  } finally {
    decoder.destroy();
  }
}

async function* bounded(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new RangeError(`longer than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** Returns all of a body: for manifests and other small contents. */
export async function collectBody(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
