import { type Digest, DIGEST_BYTES, digestFromBytes } from "./digest.ts";
import { formatPodSettings, parsePodSettings, type PodSettings } from "./pod-settings.ts";

/**
 * A pod's manifest: the map from path to content, size and type. Its bytes are sorted and searched where they lie, so
 * finding one path costs the same in a pod of ten files and of a hundred thousand, without parsing anything.
 *
 *     header   24 bytes, u32 each, little-endian: magic "SPOD", version, entries, types, bytes of strings, of settings
 *     entries  48 bytes each, sorted by the path's UTF-8 bytes:
 *              path offset u32, path length u16, type index u16, size u48, zero u16, digest 32 bytes
 *     types    8 bytes each: offset u32, length u16, zero u16
 *     strings  UTF-8
 *     settings JSON, nothing where all are the default
 *
 * One set of files and settings has exactly one encoding: the digest of a manifest is the pod's content hash.
 */
export interface ManifestTable {
  readonly count: number;
  readonly byteLength: number;
  readonly settings: PodSettings;
  /** The path's UTF-8, in place. */
  path(row: number): Uint8Array;
  size(row: number): number;
  type(row: number): string;
  digest(row: number): Digest;
  /** The digest's 32 bytes, in place. */
  digestBytes(row: number): Uint8Array;
}

const MAGIC = 0x444f_5053;
const VERSION = 1;
const HEADER_BYTES = 24;
const ENTRY_BYTES = 48;
const TYPE_BYTES = 8;
const DIGEST_AT = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Opens a manifest in place. Returns undefined where the bytes are not one: wrong magic, version, length or settings. */
export function openTable(bytes: Uint8Array): ManifestTable | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return undefined;
  const count = view.getUint32(8, true);
  const typeCount = view.getUint32(12, true);
  const typesAt = HEADER_BYTES + count * ENTRY_BYTES;
  const stringsAt = typesAt + typeCount * TYPE_BYTES;
  const settingsAt = stringsAt + view.getUint32(16, true);
  if (bytes.length !== settingsAt + view.getUint32(20, true)) return undefined;
  const settings = parsePodSettings(decoder.decode(bytes.subarray(settingsAt)));
  if (!settings) return undefined;

  /** A string by its offset (u32) and length (u16), which stand at `at`. */
  const string = (at: number): Uint8Array => {
    const begin = stringsAt + view.getUint32(at, true);
    return bytes.subarray(begin, begin + view.getUint16(at + 4, true));
  };
  const types = Array.from({ length: typeCount }, (_, i) => decoder.decode(string(typesAt + i * TYPE_BYTES)));
  const entryAt = (row: number) => HEADER_BYTES + row * ENTRY_BYTES;
  return {
    count,
    byteLength: bytes.length,
    settings,
    path: (row) => string(entryAt(row)),
    size: (row) => view.getUint32(entryAt(row) + 8, true) + view.getUint16(entryAt(row) + 12, true) * 2 ** 32,
    type: (row) => types[view.getUint16(entryAt(row) + 6, true)] ?? "application/octet-stream",
    digest: (row) => digestFromBytes(bytes, entryAt(row) + DIGEST_AT),
    digestBytes: (row) => bytes.subarray(entryAt(row) + DIGEST_AT, entryAt(row) + DIGEST_AT + DIGEST_BYTES),
  };
}

/** Rows that are to become a manifest, sorted by path and each path once. */
export type ManifestRows = Pick<ManifestTable, "count" | "path" | "size" | "type" | "digestBytes">;

/** Writes a manifest of rows. */
export function writeTable(rows: ManifestRows, settings: PodSettings): Uint8Array<ArrayBuffer> {
  const { count } = rows;
  const named = new Set<string>();
  let stringBytes = 0;
  for (let row = 0; row < count; row++) {
    named.add(rows.type(row));
    stringBytes += rows.path(row).length;
  }
  const types = [...named].sort();
  const typeTexts = types.map((type) => encoder.encode(type));
  for (const { length } of typeTexts) stringBytes += length;
  const settingsText = encoder.encode(formatPodSettings(settings));
  const typesAt = HEADER_BYTES + count * ENTRY_BYTES;
  const stringsAt = typesAt + types.length * TYPE_BYTES;
  const bytes = new Uint8Array(stringsAt + stringBytes + settingsText.length);
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, VERSION, count, types.length, stringBytes, settingsText.length];
  for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true);
  bytes.set(settingsText, stringsAt + stringBytes);

  let string = 0;
  const writeString = (text: Uint8Array, at: number) => {
    view.setUint32(at, string, true);
    view.setUint16(at + 4, text.length, true);
    bytes.set(text, stringsAt + string);
    string += text.length;
  };
  const typeIndex = new Map(types.map((type, index) => [type, index]));
  for (let row = 0; row < count; row++) {
    const at = HEADER_BYTES + row * ENTRY_BYTES;
    writeString(rows.path(row), at);
    view.setUint16(at + 6, typeIndex.get(rows.type(row))!, true);
    const size = rows.size(row);
    view.setUint32(at + 8, size >>> 0, true);
    view.setUint16(at + 12, Math.floor(size / 2 ** 32), true);
    bytes.set(rows.digestBytes(row), at + DIGEST_AT);
  }
  for (const [i, text] of typeTexts.entries()) writeString(text, typesAt + i * TYPE_BYTES);
  return bytes;
}

/** Compares two paths' bytes: negative, 0 or positive as `a` sorts before, equal, after. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = a[i]! - b[i]!;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
