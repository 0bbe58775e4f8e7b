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
    bytes[offset + i] = (digitAt(digest, 2 * i) << 4) | digitAt(digest, 2 * i + 1);
  }
}

/** The value of a hexadecimal digit, `0` to `9` or `a` to `f`: tens of thousands of digests are written at once. */
function digitAt(digest: Digest, place: number): number {
  const code = digest.charCodeAt(place);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** How bytes become a digest: handed to pure code, which may not reach a hash library. */
export type HashBytes = (bytes: Uint8Array) => Digest;
