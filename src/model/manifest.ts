import { type Digest, digestFromBytes, writeDigest } from "./digest.ts";
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
export interface Entry {
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** The media type as it is sent, with its charset where it has one. */
  readonly type: string;
}

export interface Manifest {
  readonly fileCount: number;
  readonly settings: PodSettings;
  /** Finds the entry of exactly this path. */
  find(path: string): Entry | undefined;
  /** The entries in the order of their paths' UTF-8 bytes. */
  entries(): Generator<Entry>;
}

const MAGIC = 0x444f_5053;
const VERSION = 1;
const HEADER_BYTES = 24;
const ENTRY_BYTES = 48;
const TYPE_BYTES = 8;
const DIGEST_AT = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes a set of files, given in any order. Throws a RangeError on a path given twice: parse the list first. */
export function encodeManifest(files: Iterable<Entry>, settings: PodSettings = {}): Uint8Array<ArrayBuffer> {
  const sorted = Array.from(files, (file) => ({ file, path: encoder.encode(file.path) }));
  sorted.sort((a, b) => compareBytes(a.path, b.path, 0, b.path.length));
  const types = [...new Set(sorted.map(({ file }) => file.type))].sort().map((type) => encoder.encode(type));
  const typeIndex = new Map(types.map((bytes, index) => [decoder.decode(bytes), index]));
  const stringBytes = sum(sorted.map(({ path }) => path.length)) + sum(types.map((type) => type.length));
  const settingsText = encoder.encode(formatPodSettings(settings));
  const typesAt = HEADER_BYTES + sorted.length * ENTRY_BYTES;
  const stringsAt = typesAt + types.length * TYPE_BYTES;
  const bytes = new Uint8Array(stringsAt + stringBytes + settingsText.length);
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, VERSION, sorted.length, types.length, stringBytes, settingsText.length];
  for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true);
  bytes.set(settingsText, stringsAt + stringBytes);
  let string = 0;
  for (const [i, { file, path }] of sorted.entries()) {
    const previous = sorted[i - 1];
    if (previous !== undefined && previous.file.path === file.path) {
      throw new RangeError(`Path ${JSON.stringify(file.path)} is listed twice`);
    }
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    view.setUint32(at, string, true);
    view.setUint16(at + 4, path.length, true);
    view.setUint16(at + 6, typeIndex.get(file.type)!, true);
    view.setUint32(at + 8, file.size >>> 0, true);
    view.setUint16(at + 12, Math.floor(file.size / 2 ** 32), true);
    writeDigest(file.digest, bytes, at + DIGEST_AT);
    bytes.set(path, stringsAt + string);
    string += path.length;
  }
  for (const [i, type] of types.entries()) {
    view.setUint32(typesAt + i * TYPE_BYTES, string, true);
    view.setUint16(typesAt + i * TYPE_BYTES + 4, type.length, true);
    bytes.set(type, stringsAt + string);
    string += type.length;
  }
  return bytes;
}

/** Opens a manifest in place. Returns undefined where the bytes are not one: wrong magic, version, length or settings. */
export function openManifest(bytes: Uint8Array): Manifest | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return undefined;
  const fileCount = view.getUint32(8, true);
  const typeCount = view.getUint32(12, true);
  const typesAt = HEADER_BYTES + fileCount * ENTRY_BYTES;
  const stringsAt = typesAt + typeCount * TYPE_BYTES;
  const settingsAt = stringsAt + view.getUint32(16, true);
  if (bytes.length !== settingsAt + view.getUint32(20, true)) return undefined;
  const settings = parsePodSettings(decoder.decode(bytes.subarray(settingsAt)));
  if (!settings) return undefined;

  const text = (offset: number, length: number) =>
    decoder.decode(bytes.subarray(stringsAt + offset, stringsAt + offset + length));
  const types = Array.from({ length: typeCount }, (_, i) =>
    text(view.getUint32(typesAt + i * TYPE_BYTES, true), view.getUint16(typesAt + i * TYPE_BYTES + 4, true)),
  );

  function entryAt(index: number, path?: string): Entry {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    return {
      path: path ?? text(view.getUint32(at, true), view.getUint16(at + 4, true)),
      digest: digestFromBytes(bytes, at + DIGEST_AT),
      size: view.getUint32(at + 8, true) + view.getUint16(at + 12, true) * 2 ** 32,
      type: types[view.getUint16(at + 6, true)] ?? "application/octet-stream",
    };
  }

  return {
    fileCount,
    settings,
    find(path) {
      const wanted = encoder.encode(path);
      let low = 0;
      let high = fileCount - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        const at = HEADER_BYTES + middle * ENTRY_BYTES;
        const order = compareBytes(wanted, bytes, stringsAt + view.getUint32(at, true), view.getUint16(at + 4, true));
        if (order === 0) return entryAt(middle, path);
        if (order < 0) high = middle - 1;
        else low = middle + 1;
      }
      return undefined;
    },
    *entries() {
      for (let i = 0; i < fileCount; i++) yield entryAt(i);
    },
  };
}

/** The sum of a pod's file sizes, in bytes. */
export function totalSize(files: Iterable<{ readonly size: number }>): number {
  let total = 0;
  for (const file of files) total += file.size;
  return total;
}

/** Compares all of `a` with `length` bytes of `b` from `offset`: negative, 0 or positive as `a` sorts before, equal, after. */
function compareBytes(a: Uint8Array, b: Uint8Array, offset: number, length: number): number {
  const shared = Math.min(a.length, length);
  for (let i = 0; i < shared; i++) {
    const order = a[i]! - b[offset + i]!;
    if (order !== 0) return order;
  }
  return a.length - length;
}

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
