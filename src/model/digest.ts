declare const digestBrand: unique symbol;

/** The BLAKE3 of some bytes: 64 lower-case hexadecimal digits (32 bytes). The name of a blob. */
export type Digest = string & { readonly [digestBrand]: true };

/** Bytes of a digest before it is written as hexadecimal. */
export const DIGEST_BYTES = 32;

const DIGEST = /^[0-9a-f]{64}$/;

/** Returns the text as a digest, or undefined where it is not one. Upper case is not one: a blob has one name. */
export function parseDigest(text: unknown): Digest | undefined {
  return typeof text === "string" && DIGEST.test(text) ? (text as Digest) : undefined;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Reads a digest from 32 bytes at `offset`. */
export function digestFromBytes(bytes: Uint8Array, offset = 0): Digest {
  let text = "";
  for (let i = offset; i < offset + DIGEST_BYTES; i++) text += HEX[bytes[i]!];
  return text as Digest;
}

/** Writes a digest as 32 bytes at `offset`. */
export function writeDigest(digest: Digest, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < DIGEST_BYTES; i++) {
    bytes[offset + i] = Number.parseInt(digest.slice(i * 2, i * 2 + 2), 16);
  }
}

/** How bytes become a digest: handed to pure code, which may not reach a hash library. */
export type HashBytes = (bytes: Uint8Array) => Digest;
