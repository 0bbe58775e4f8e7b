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
export type PackIndex = ReadonlyMap<Digest, PackedContent>;

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

/** The index of the pack that `encodePack` makes of these contents. */
export function indexOf(contents: readonly NamedContent[]): PackIndex {
  let offset = PACK_HEADER_BYTES + contents.length * ROW_BYTES;
  return new Map(
    contents.map(({ digest, bytes: { length: size } }) => {
      offset += size;
      return [digest, { offset: offset - size, size }];
    }),
  );
}

/** Reads a pack's index from the pack, or its first `packIndexBytes`. */
export function readPackIndex(bytes: Uint8Array): PackIndex {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = new Map<Digest, PackedContent>();
  let offset = packIndexBytes(bytes)!;
  for (let row = 0; row < view.getUint32(4, true); row++) {
    const at = PACK_HEADER_BYTES + row * ROW_BYTES;
    const size = view.getUint32(at + DIGEST_BYTES, true);
    index.set(digestFromBytes(bytes, at), { offset, size });
    offset += size;
  }
  return index;
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
