import { type Digest, DIGEST_BYTES, writeDigest } from "./digest.ts";
import { compareBytes, type ManifestRows, type ManifestTable, openTable, writeTable } from "./manifest-table.ts";
import type { PodSettings } from "./pod-settings.ts";

/** A file of a pod. */
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
  /** The sum of the files' sizes, in bytes. */
  readonly totalSize: number;
  /** The size of the manifest itself. */
  readonly byteLength: number;
  readonly settings: PodSettings;
  /** Finds the entry of exactly this path. */
  find(path: string): Entry | undefined;
  /** The entries in the order of their paths' UTF-8 bytes. */
  entries(): Generator<Entry>;
  /** The entries that `base` has not, or with another content. */
  entriesBeside(base: Manifest): Generator<Entry>;
  /**
   * Encodes the manifest that follows when files are removed and others put in, in place of those with the same paths.
   * What is not touched costs next to nothing. Throws a RangeError on a path given twice.
   */
  change(change: ManifestChange): Uint8Array<ArrayBuffer>;
}

export interface ManifestChange {
  readonly put: Iterable<Entry>;
  readonly removed: Iterable<string>;
  readonly settings: PodSettings;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes a set of files, given in any order. Throws a RangeError on a path given twice: parse the list first. */
export const encodeManifest = (files: Iterable<Entry>, settings: PodSettings = {}): Uint8Array<ArrayBuffer> =>
  writeTable(rowsOf(files), settings);

/** Opens a manifest in place. Returns undefined where the bytes are not one: wrong magic, version, length or settings. */
export function openManifest(bytes: Uint8Array): Manifest | undefined {
  const table = openTable(bytes);
  return table && new TableManifest(table);
}

class TableManifest implements Manifest {
  readonly #table: ManifestTable;

  constructor(table: ManifestTable) {
    this.#table = table;
  }

  get fileCount(): number {
    return this.#table.count;
  }

  get byteLength(): number {
    return this.#table.byteLength;
  }

  get settings(): PodSettings {
    return this.#table.settings;
  }

  get totalSize(): number {
    let total = 0;
    for (let row = 0; row < this.#table.count; row++) total += this.#table.size(row);
    return total;
  }

  find(path: string): Entry | undefined {
    const row = this.#search(encoder.encode(path));
    return row === undefined ? undefined : this.#entry(row);
  }

  *entries(): Generator<Entry> {
    for (let row = 0; row < this.#table.count; row++) yield this.#entry(row);
  }

  *entriesBeside(base: Manifest): Generator<Entry> {
    if (!(base instanceof TableManifest)) throw new TypeError("Only an opened manifest can be compared with");
    const other = base.#table;
    let at = 0;
    for (let row = 0; row < this.#table.count; row++) {
      const path = this.#table.path(row);
      let order = 1;
      for (; at < other.count && (order = compareBytes(path, other.path(at))) > 0; at++);
      const isSame =
        at < other.count &&
        order === 0 &&
        this.#table.size(row) === other.size(at) &&
        compareBytes(this.#table.digestBytes(row), other.digestBytes(at)) === 0;
      if (!isSame) yield this.#entry(row);
    }
  }

  change({ put, removed, settings }: ManifestChange): Uint8Array<ArrayBuffer> {
    const fresh = rowsOf(put);
    const gone = new Set<number>();
    for (const path of removed) {
      const row = this.#search(encoder.encode(path));
      if (row !== undefined) gone.add(row);
    }
    return writeTable(mergeRows(this.#table, fresh, gone), settings);
  }

  #search(wanted: Uint8Array): number | undefined {
    let low = 0;
    let high = this.#table.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = compareBytes(wanted, this.#table.path(middle));
      if (order === 0) return middle;
      if (order < 0) high = middle - 1;
      else low = middle + 1;
    }
    return undefined;
  }

  #entry(row: number): Entry {
    const table = this.#table;
    return {
      path: decoder.decode(table.path(row)),
      digest: table.digest(row),
      size: table.size(row),
      type: table.type(row),
    };
  }
}

/** Sorts files by their paths' bytes. Throws a RangeError on a path given twice. */
function rowsOf(files: Iterable<Entry>): ManifestRows {
  const sorted = Array.from(files, (file) => ({ file, path: encoder.encode(file.path) }));
  sorted.sort((a, b) => compareBytes(a.path, b.path));
  for (const [i, { file }] of sorted.entries()) {
    if (sorted[i - 1]?.file.path === file.path) {
      throw new RangeError(`Path ${JSON.stringify(file.path)} is listed twice`);
    }
  }
  const digest = new Uint8Array(DIGEST_BYTES);
  return {
    count: sorted.length,
    path: (row) => sorted[row]!.path,
    size: (row) => sorted[row]!.file.size,
    type: (row) => sorted[row]!.file.type,
    digestBytes(row) {
      writeDigest(sorted[row]!.file.digest, digest, 0);
      return digest;
    },
  };
}

/** Rows of both in one order; where both have a path, that of `fresh` counts. The rows of `base` in `gone` do not. */
function mergeRows(base: ManifestRows, fresh: ManifestRows, gone: ReadonlySet<number>): ManifestRows {
  // A row of `base` is its number, one of `fresh` its number after the last of `base`.
  const picked = new Uint32Array(base.count + fresh.count);
  let count = 0;
  let at = 0;
  for (let row = 0; row < fresh.count; row++) {
    const path = fresh.path(row);
    let order = 1;
    for (; at < base.count && (order = compareBytes(base.path(at), path)) < 0; at++) {
      if (!gone.has(at)) picked[count++] = at;
    }
    if (at < base.count && order === 0) at++;
    picked[count++] = base.count + row;
  }
  for (; at < base.count; at++) if (!gone.has(at)) picked[count++] = at;
  const pick =
    <T>(read: (rows: ManifestRows, row: number) => T) =>
    (row: number): T => {
      const number = picked[row]!;
      return number < base.count ? read(base, number) : read(fresh, number - base.count);
    };
  return {
    count,
    path: pick((rows, row) => rows.path(row)),
    size: pick((rows, row) => rows.size(row)),
    type: pick((rows, row) => rows.type(row)),
    digestBytes: pick((rows, row) => rows.digestBytes(row)),
  };
}

/** The sum of a pod's file sizes, in bytes. */
export function totalSize(files: Iterable<{ readonly size: number }>): number {
  let total = 0;
  for (const file of files) total += file.size;
  return total;
}
