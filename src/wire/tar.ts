import { accepted, type Parsed, refused } from "#model";

/** A tar archive is made of blocks: a header for each file, then its content, filled up with zeros. POSIX ustar. */
export const TAR_BLOCK_BYTES = 512;
/** What a header's eleven octal digits can say. */
export const MAX_TAR_FILE_BYTES = 8 ** 11 - 1;

export interface TarHeader {
  readonly name: string;
  /** Bytes of the content. */
  readonly size: number;
  /** Whether it is a file, rather than a folder or a note of the program that wrote the archive. */
  readonly isFile: boolean;
}

const CHECKSUM_AT = 148;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes the header of a file: the same name and size give the same bytes. Throws a RangeError on what does not fit. */
export function formatTarHeader(name: string, size: number): Uint8Array<ArrayBuffer> {
  const nameBytes = encoder.encode(name);
  if (nameBytes.length > 100 || size > MAX_TAR_FILE_BYTES)
    throw new RangeError(`${name} does not fit into a tar header`);
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  const write = (text: string, at: number) => block.set(encoder.encode(text), at);
  block.set(nameBytes);
  write("0000644\0", 100);
  write("0000000\0", 108);
  write("0000000\0", 116);
  write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  write("00000000000\0", 136);
  write("0ustar\u000000", 156);
  write(`${checksumOf(block).toString(8).padStart(6, "0")}\0 `, CHECKSUM_AT);
  return block;
}

/** Reads a header. Undefined: the block of zeros that ends an archive. */
export function parseTarHeader(block: Uint8Array): Parsed<TarHeader | undefined> {
  if (block.every((byte) => byte === 0)) return accepted(undefined);
  const text = (at: number, length: number) =>
    decoder
      .decode(block.subarray(at, at + length))
      .split("\0")[0]!
      .trim();
  const octal = (at: number, length: number) => {
    const digits = text(at, length);
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
  };
  const size = octal(124, 12);
  if (octal(CHECKSUM_AT, 8) !== checksumOf(block) || size === undefined) return refused("is not a tar archive");
  const [name, prefix] = [text(0, 100), text(345, 155)];
  const isUstar = text(257, 6).startsWith("ustar");
  return accepted({
    name: (isUstar && prefix !== "" ? `${prefix}/${name}` : name).replace(/^\.\//, ""),
    size,
    isFile: block[156] === 0 || block[156] === 0x30,
  });
}

/** How many bytes of zeros follow a content. */
export const tarPadding = (size: number): number => (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;

/** The sum of all bytes, where those of the sum itself count as spaces. */
function checksumOf(block: Uint8Array): number {
  let sum = 8 * 0x20;
  for (const [i, byte] of block.entries()) if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 8) sum += byte;
  return sum;
}
