import { type Digest, digestFromBytes, writeDigest } from "./digest.ts";
import { SitepodError } from "./error.ts";
import { formatPodSettings, parsePodSettings, type PodSettings } from "./pod-settings.ts";

const MAGIC = 0x444f_5053;
const VERSION = 1;
const HEADER_BYTES = 24;
const ENTRY_BYTES = 48;
const TYPE_BYTES = 8;
const TYPE_AT = 6;
const SIZE_AT = 8;
const DIGEST_AT = 16;
/** What the index of a type can tell apart. */
const MAX_TYPES = 2 ** 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

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
export class ManifestTable {
  readonly count: number;
  readonly settings: PodSettings;
  readonly types: readonly string[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stringsAt: number;

  private constructor(bytes: Uint8Array, view: DataView, layout: Layout, settings: PodSettings) {
    this.count = layout.count;
    this.settings = settings;
    this.#bytes = bytes;
    this.#view = view;
    this.#stringsAt = layout.stringsAt;
    this.types = Array.from({ length: layout.typeCount }, (_, i) =>
      decoder.decode(this.#string(layout.typesAt + i * TYPE_BYTES)),
    );
  }

  /** Opens a manifest in place. Returns undefined where the bytes are not one: wrong magic, version, length or settings. */
  static open(bytes: Uint8Array): ManifestTable | undefined {
    if (bytes.length < HEADER_BYTES) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return undefined;
    const layout = layOut(view.getUint32(8, true), view.getUint32(12, true), view.getUint32(16, true));
    if (bytes.length !== layout.settingsAt + view.getUint32(20, true)) return undefined;
    const settings = parsePodSettings(decoder.decode(bytes.subarray(layout.settingsAt)));
    return settings && new ManifestTable(bytes, view, layout, settings);
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  path(row: number): string {
    return decoder.decode(this.#string(entryAt(row)));
  }

  /** The path's UTF-8 bytes begin here, */
  pathAt(row: number): number {
    return this.#stringsAt + this.#view.getUint32(entryAt(row), true);
  }

  /** and are so many. */
  pathLength(row: number): number {
    return this.#view.getUint16(entryAt(row) + 4, true);
  }

  size(row: number): number {
    const at = entryAt(row) + SIZE_AT;
    return this.#view.getUint32(at, true) + this.#view.getUint16(at + 4, true) * 2 ** 32;
  }

  /** The place of the type in `types`. */
  typeIndex(row: number): number {
    return this.#view.getUint16(entryAt(row) + TYPE_AT, true);
  }

  digest(row: number): Digest {
    return digestFromBytes(this.#bytes, entryAt(row) + DIGEST_AT);
  }

  /** Compares the paths of two rows: negative, 0 or positive as this one sorts before, equal, after. */
  comparePaths(row: number, other: ManifestTable, otherRow: number): number {
    const length = other.pathLength(otherRow);
    return this.#comparePath(row, other.#bytes, other.pathAt(otherRow), length);
  }

  /** Whether two rows have the same size and digest. */
  hasSameContent(row: number, other: ManifestTable, otherRow: number): boolean {
    const [at, otherAt] = [entryAt(row), entryAt(otherRow)];
    for (let i = SIZE_AT; i < ENTRY_BYTES; i += 4) {
      if (this.#view.getUint32(at + i, true) !== other.#view.getUint32(otherAt + i, true)) return false;
    }
    return true;
  }

  /** Finds the row of a path, given as UTF-8, among those from `from` on. Where there is none, the complement of where it would be. */
  search(path: Uint8Array, from = 0, begin = 0, length = path.length): number {
    let [low, high] = [from, this.count - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.#comparePath(middle, path, begin, length);
      if (order === 0) return middle;
      if (order > 0) high = middle - 1;
      else low = middle + 1;
    }
    return ~low;
  }

  /** Finds the row that has the same path as one of another table, as `search` does. */
  searchRow(other: ManifestTable, otherRow: number, from: number): number {
    return this.search(other.#bytes, from, other.pathAt(otherRow), other.pathLength(otherRow));
  }

  /** Copies the entries of some rows, as they are, to where they go. */
  copyEntries(from: number, to: number, target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(entryAt(from), entryAt(to)), at);
  }

  /** Copies bytes that `pathAt` and `pathLength` have told of. */
  copyPaths(begin: number, length: number, target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(begin, begin + length), at);
  }

  #comparePath(row: number, path: Uint8Array, begin: number, length: number): number {
    const [at, ownLength, bytes] = [this.pathAt(row), this.pathLength(row), this.#bytes];
    const shared = Math.min(ownLength, length);
    for (let i = 0; i < shared; i++) {
      const order = bytes[at + i]! - path[begin + i]!;
      if (order !== 0) return order;
    }
    return ownLength - length;
  }

  /** A string by its offset (u32) and length (u16), which stand at `at`. */
  #string(at: number): Uint8Array {
    const begin = this.#stringsAt + this.#view.getUint32(at, true);
    return this.#bytes.subarray(begin, begin + this.#view.getUint16(at + 4, true));
  }
}

interface Layout {
  readonly count: number;
  readonly typeCount: number;
  readonly typesAt: number;
  readonly stringsAt: number;
  readonly settingsAt: number;
}

function layOut(count: number, typeCount: number, stringBytes: number): Layout {
  const typesAt = entryAt(count);
  const stringsAt = typesAt + typeCount * TYPE_BYTES;
  return { count, typeCount, typesAt, stringsAt, settingsAt: stringsAt + stringBytes };
}

function entryAt(row: number): number {
  return HEADER_BYTES + row * ENTRY_BYTES;
}

/** A manifest that is being written: everything but its entries and paths is there. */
export interface Draft {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the paths begin. */
  readonly stringsAt: number;
  /** The place of each type. */
  readonly typeIndex: ReadonlyMap<string, number>;
}

/**
 * Begins a manifest of so many files, whose paths take so many bytes and which have these types. Throws SitepodError
 * `invalid` where they are more than a manifest can tell apart: a client names the type of what has no known ending.
 */
export function draftTable(count: number, pathBytes: number, named: Iterable<string>, settings: PodSettings): Draft {
  const types = [...named].sort();
  if (types.length > MAX_TYPES) {
    const message = `The files have ${types.length} media types, and a pod holds ${MAX_TYPES}. Give fewer.`;
    throw new SitepodError("invalid", message);
  }
  const typeTexts = types.map((type) => encoder.encode(type));
  const stringBytes = typeTexts.reduce((sum, { length }) => sum + length, pathBytes);
  const settingsText = encoder.encode(formatPodSettings(settings));
  const { typesAt, stringsAt, settingsAt } = layOut(count, types.length, stringBytes);
  const bytes = new Uint8Array(settingsAt + settingsText.length);
  const view = new DataView(bytes.buffer);
  const header = [MAGIC, VERSION, count, types.length, stringBytes, settingsText.length];
  for (const [i, word] of header.entries()) view.setUint32(i * 4, word, true);
  let string = pathBytes;
  for (const [i, text] of typeTexts.entries()) {
    view.setUint32(typesAt + i * TYPE_BYTES, string, true);
    view.setUint16(typesAt + i * TYPE_BYTES + 4, text.length, true);
    bytes.set(text, stringsAt + string);
    string += text.length;
  }
  bytes.set(settingsText, settingsAt);
  return { bytes, stringsAt, typeIndex: new Map(types.map((type, index) => [type, index])) };
}

/** A file whose path is told as its UTF-8 bytes. */
export interface Row {
  readonly path: Uint8Array;
  readonly digest: Digest;
  readonly size: number;
  readonly type: string;
}

/** Writes a manifest of files that are sorted by path, each path once. */
export function writeRows(rows: readonly Row[], settings: PodSettings): Uint8Array<ArrayBuffer> {
  const pathBytes = rows.reduce((sum, { path }) => sum + path.length, 0);
  const types = new Set(rows.map(({ type }) => type));
  const { bytes, stringsAt, typeIndex } = draftTable(rows.length, pathBytes, types, settings);
  const view = new DataView(bytes.buffer);
  let string = 0;
  for (const [row, { path, digest, size, type }] of rows.entries()) {
    const at = entryAt(row);
    view.setUint32(at, string, true);
    view.setUint16(at + 4, path.length, true);
    view.setUint16(at + TYPE_AT, typeIndex.get(type)!, true);
    view.setUint32(at + SIZE_AT, size >>> 0, true);
    view.setUint16(at + SIZE_AT + 4, Math.floor(size / 2 ** 32), true);
    writeDigest(digest, bytes, at + DIGEST_AT);
    bytes.set(path, stringsAt + string);
    string += path.length;
  }
  return bytes;
}

/** Rows of a table that follow one another, from the first to before the last. */
export interface Run {
  readonly table: ManifestTable;
  readonly from: number;
  readonly to: number;
}

/** Writes a manifest of rows of others, which are sorted by path, each path once. */
export function writeRuns(runs: readonly Run[], settings: PodSettings): Uint8Array<ArrayBuffer> {
  let [count, pathBytes] = [0, 0];
  const types = new Set<string>();
  for (const { table, from, to } of runs) {
    count += to - from;
    const isUsed = new Uint8Array(table.types.length);
    for (let row = from; row < to; row++) {
      pathBytes += table.pathLength(row);
      isUsed[table.typeIndex(row)] = 1;
    }
    for (const [index, type] of table.types.entries()) if (isUsed[index]) types.add(type);
  }
  const { bytes, stringsAt, typeIndex } = draftTable(count, pathBytes, types, settings);
  const view = new DataView(bytes.buffer);
  let [at, string] = [HEADER_BYTES, 0];
  for (const { table, from, to } of runs) {
    const newIndex = table.types.map((type) => typeIndex.get(type) ?? 0);
    table.copyEntries(from, to, bytes, at);
    // Paths lie one after another as their rows do: those of a run are one piece.
    const begin = table.pathAt(from);
    const length = table.pathAt(to - 1) + table.pathLength(to - 1) - begin;
    table.copyPaths(begin, length, bytes, stringsAt + string);
    for (let row = from; row < to; row++) {
      view.setUint32(at, string + table.pathAt(row) - begin, true);
      view.setUint16(at + TYPE_AT, newIndex[table.typeIndex(row)]!, true);
      at += ENTRY_BYTES;
    }
    string += length;
  }
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
