import { Blake3Hasher, blake3 } from "@napi-rs/blake-hash";
import { type Digest, digestFromBytes } from "#model";

export const hashBytes = (bytes: Uint8Array): Digest => blake3(viewOf(bytes)).toString("hex") as Digest;

/** Hashes bytes as they come. */
export class StreamHasher {
  readonly #blake3 = new Blake3Hasher();

  update(chunk: Uint8Array): void {
    this.#blake3.update(viewOf(chunk));
  }

  digest(): Digest {
    return digestFromBytes(this.#blake3.digestBuffer());
  }
}

/** The library takes Node's Buffer: the same bytes under another class, not a copy. */
const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
