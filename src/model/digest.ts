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

const DIGITS = new TextEncoder().encode("0123456789abcdef");
/** The value of each character that is a hexadecimal digit. */
const VALUES = new Uint8Array(128);
for (const [value, digit] of DIGITS.entries()) VALUES[digit] = value;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** One digest as text. Putting 32 short texts together takes ten times as long, and a kilobyte that is thrown away. */
const text = new Uint8Array(2 * DIGEST_BYTES);

/** Reads a digest from 32 bytes at `offset`. */
export function digestFromBytes(bytes: Uint8Array, offset = 0): Digest {
  for (let i = 0; i < DIGEST_BYTES; i++) {
    const byte = bytes[offset + i]!;
    text[2 * i] = DIGITS[byte >> 4]!;
    text[2 * i + 1] = DIGITS[byte & 15]!;
  }
  return decoder.decode(text) as Digest;
}

/** Writes a digest as 32 bytes at `offset`. */
export function writeDigest(digest: Digest, bytes: Uint8Array, offset: number): void {
  encoder.encodeInto(digest, text);
  for (let i = 0; i < DIGEST_BYTES; i++) bytes[offset + i] = (VALUES[text[2 * i]!]! << 4) | VALUES[text[2 * i + 1]!]!;
}

/** How bytes become a digest: handed to pure code, which may not reach a hash library. */
export type HashBytes = (bytes: Uint8Array) => Digest;
