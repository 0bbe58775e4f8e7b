import { Blake3Hasher, blake3 } from "@napi-rs/blake-hash";
import { type Digest, digestFromBytes } from "#model";

export const hashBytes = (bytes: Uint8Array): Digest => digestFromBytes(blake3(bytes));

/** Hashes bytes as they come. */
export class StreamHasher {
  readonly #blake3 = new Blake3Hasher();

  update(chunk: Uint8Array): void {
    this.#blake3.update(chunk);
  }

  digest(): Digest {
    return digestFromBytes(this.#blake3.digestBuffer());
  }
}
