import type { Digest } from "./digest.ts";
import { compareBytes, ManifestTable, type Row, type Run, writeRows, writeRuns } from "./manifest-table.ts";
import type { PodPath } from "./pod-path.ts";
import type { PodSettings } from "./pod-settings.ts";

export interface Content {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A file of a pod. */
export interface Entry extends Content {
  readonly path: string;
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
  /** The paths, in that order. */
  paths(): Generator<PodPath>;
  /** The contents of all entries, or of those that `base` has not, or with another content; one that several have comes as often. */
  contents(base: Manifest | undefined): Generator<Content>;
  /**
   * Encodes the manifest that follows when files are removed and others put in, in place of those with the same paths.
   * What is not touched costs next to nothing. Throws as `encodeManifest` does.
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

/**
 * Encodes a set of files, given in any order. Throws a RangeError on a path given twice: parse the list first. Throws
 * SitepodError `invalid` where they have more media types than it can hold.
 */
export const encodeManifest = (files: Iterable<Entry>, settings: PodSettings = {}): Uint8Array<ArrayBuffer> =>
  writeRows(rowsOf(files), settings);

/** Opens a manifest in place. Returns undefined where the bytes are not one: wrong magic, version, length or settings. */
export function openManifest(bytes: Uint8Array): Manifest | undefined {
  const table = ManifestTable.open(bytes);
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
    const row = this.#table.search(encoder.encode(path));
    return row < 0 ? undefined : this.#entry(row);
  }

  *entries(): Generator<Entry> {
    for (let row = 0; row < this.#table.count; row++) yield this.#entry(row);
  }

  *paths(): Generator<PodPath> {
    for (let row = 0; row < this.#table.count; row++) yield this.#table.path(row) as PodPath;
  }

  *contents(base: Manifest | undefined): Generator<Content> {
    for (const row of this.#rowsBeside(base)) yield { digest: this.#table.digest(row), size: this.#table.size(row) };
  }

  *#rowsBeside(base: Manifest | undefined): Generator<number> {
    if (base && !(base instanceof TableManifest)) throw new TypeError("Only an opened manifest can be compared with");
    const [table, other] = [this.#table, base && base.#table];
    const otherCount = other?.count ?? 0;
    let at = 0;
    for (let row = 0; row < table.count; row++) {
      let order = 1;
      for (; at < otherCount && (order = table.comparePaths(row, other!, at)) > 0; at++);
      const isSame = at < otherCount && order === 0 && table.hasSameContent(row, other!, at);
      if (!isSame) yield row;
    }
  }

  change({ put, removed, settings }: ManifestChange): Uint8Array<ArrayBuffer> {
    const fresh = ManifestTable.open(writeRows(rowsOf(put), {}))!;
    const gone = new Set<number>();
    for (const path of removed) {
      const row = this.#table.search(encoder.encode(path));
      if (row >= 0) gone.add(row);
    }
    return writeRuns(mergeRuns(this.#table, fresh, gone), settings);
  }

  #entry(row: number): Entry {
    const table = this.#table;
    return {
      path: table.path(row),
      digest: table.digest(row),
      size: table.size(row),
      type: table.types[table.typeIndex(row)] ?? "application/octet-stream",
    };
  }
}

/** Sorts files by their paths' bytes. Throws a RangeError on a path given twice. */
function rowsOf(files: Iterable<Entry>): Row[] {
  const rows = Array.from(files, ({ path, digest, size, type }) => ({
    path: encoder.encode(path),
    digest,
    size,
    type,
  }));
  rows.sort((a, b) => compareBytes(a.path, b.path));
  for (let i = 1; i < rows.length; i++) {
    if (compareBytes(rows[i - 1]!.path, rows[i]!.path) !== 0) continue;
    throw new RangeError(`Path ${JSON.stringify(decoder.decode(rows[i]!.path))} is listed twice`);
  }
  return rows;
}

/** Rows of both in one order; where both have a path, that of `fresh` counts. The rows of `base` in `gone` do not. */
function mergeRuns(base: ManifestTable, fresh: ManifestTable, gone: ReadonlySet<number>): Run[] {
  const runs: Run[] = [];
  const append = (table: ManifestTable, from: number, to: number) => {
    const last = runs.at(-1);
    if (last?.table === table && last.to === from) runs[runs.length - 1] = { ...last, to };
    else if (from < to) runs.push({ table, from, to });
  };
  const left = [...gone].sort((a, b) => a - b).values();
  let nextGone = left.next();
  let at = 0;
  /** Takes the rows of `base` that come before another. */
  const keepUntil = (end: number) => {
    for (; !nextGone.done && nextGone.value < end; nextGone = left.next()) {
      append(base, at, Math.max(at, nextGone.value));
      at = Math.max(at, nextGone.value + 1);
    }
    append(base, at, end);
  };
  for (let row = 0; row < fresh.count; row++) {
    const found = base.searchRow(fresh, row, at);
    const place = found < 0 ? ~found : found;
    keepUntil(place);
    append(fresh, row, row + 1);
    at = found < 0 ? place : place + 1;
  }
  keepUntil(base.count);
  return runs;
}

/** The sum of a pod's file sizes, in bytes. */
export function totalSize(files: Iterable<{ readonly size: number }>): number {
  let total = 0;
  for (const file of files) total += file.size;
  return total;
}
