import { type Digest, DIGEST_BYTES, digestFromBytes, writeDigest } from "#model";

/** A content and its name. */
export interface NamedContent {
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Where a content lies in a pack's file. */
export interface PackedContent {
  /** Bytes. */
  readonly offset: number;
  readonly size: number;
}

/**
 * Many small contents as one file: a file each costs more than its bytes where a deploy has tens of thousands. In front
 * is what finds them: u32 magic "SPPK", u32 contents, and for each its digest (32 bytes) and u32 size. The bytes follow
 * in the same order. Numbers are little-endian.
 */
const MAGIC = 0x4b50_5053;
export const PACK_HEADER_BYTES = 8;
const ROW_BYTES = DIGEST_BYTES + 4;

/** The length of a pack's index, from its first `PACK_HEADER_BYTES`. Undefined where they begin no pack. */
export function packIndexBytes(header: Uint8Array): number | undefined {
  if (header.length < PACK_HEADER_BYTES) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return view.getUint32(0, true) === MAGIC ? PACK_HEADER_BYTES + view.getUint32(4, true) * ROW_BYTES : undefined;
}

/** What is in a pack, row by row. */
export class PackIndex {
  /** The pack's first bytes, up to its contents. */
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** The same, as words. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** Where each content begins, and after the last one where the pack ends. */
  readonly #offsets: Uint32Array<ArrayBuffer>;

  /** Reads the index from the pack, or its first `packIndexBytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes.subarray(0, packIndexBytes(bytes)));
    this.words = new Uint32Array(this.#bytes.buffer);
    const view = new DataView(this.#bytes.buffer);
    const rows = view.getUint32(4, true);
    this.#offsets = new Uint32Array(rows + 1);
    let offset = (this.#offsets[0] = this.#bytes.length);
    for (let row = 0; row < rows; row++) {
      offset += view.getUint32(PACK_HEADER_BYTES + row * ROW_BYTES + DIGEST_BYTES, true);
      this.#offsets[row + 1] = offset;
    }
  }

  /** How many contents there are. */
  get size(): number {
    return this.#offsets.length - 1;
  }

  /** The first of the words of a content's digest. */
  wordAt(row: number): number {
    return (PACK_HEADER_BYTES + row * ROW_BYTES) / 4;
  }

  content(row: number): PackedContent {
    const offset = this.#offsets[row]!;
    return { offset, size: this.#offsets[row + 1]! - offset };
  }

  digest(row: number): Digest {
    return digestFromBytes(this.#bytes, PACK_HEADER_BYTES + row * ROW_BYTES);
  }

  *keys(): Generator<Digest> {
    for (let row = 0; row < this.size; row++) yield this.digest(row);
  }

  *[Symbol.iterator](): Generator<[Digest, PackedContent]> {
    let row = 0;
    for (const digest of this.keys()) yield [digest, this.content(row++)];
  }
}

export function encodePack(contents: readonly NamedContent[]): Uint8Array<ArrayBuffer> {
  const indexBytes = PACK_HEADER_BYTES + contents.length * ROW_BYTES;
  const pack = new Uint8Array(contents.reduce((sum, { bytes }) => sum + bytes.length, indexBytes));
  const view = new DataView(pack.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, contents.length, true);
  let offset = indexBytes;
  for (const [row, { digest, bytes }] of contents.entries()) {
    const at = PACK_HEADER_BYTES + row * ROW_BYTES;
    writeDigest(digest, pack, at);
    view.setUint32(at + DIGEST_BYTES, bytes.length, true);
    pack.set(bytes, offset);
    offset += bytes.length;
  }
  return pack;
}
