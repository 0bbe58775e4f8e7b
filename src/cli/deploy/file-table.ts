import { type Digest, DIGEST_BYTES, digestFromBytes, type PodPath, writeDigest } from "#model";

/** A file to deploy, as it was when it was seen. */
export interface ScannedFile {
  readonly path: PodPath;
  /** Where its bytes are; absolute. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, with a fraction. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/** The hashes of a file's content. */
export interface Hashes {
  readonly digest: Digest;
  /** Hexadecimal. Known where the object store asked for it. */
  readonly sha256?: string | undefined;
}

/** A file and the hashes of its content. */
export type HashedFile = ScannedFile & Hashes;

/** Where a path of the pod is: below `path`, everything is as it is below `real`. */
export interface FilePlace {
  readonly path: string;
  readonly real: string;
}

/** Size, mtime, ctime and inode. */
const STATS = 4;
const FIRST_CAPACITY = 1024;
/** More files than there are: 29 bits, which leave 24 of the 53 of a number. */
const PLACES = 2 ** 29;

/**
 * The files of a folder, in few large arrays: an object for each, with its texts, takes four times as much, and a folder may
 * have hundreds of thousands.
 */
export class FileTable {
  readonly #paths: PodPath[] = [];
  readonly #places: FilePlace[] = [];
  #stats = new Float64Array(FIRST_CAPACITY * STATS);
  #digests = new Uint8Array();
  /** Empty where nobody wants them. */
  #sha256 = new Uint8Array();

  add(path: PodPath, place: FilePlace, stats: Pick<ScannedFile, "size" | "mtimeMs" | "ctimeMs" | "inode">): void {
    const row = this.#paths.push(path) - 1;
    this.#places.push(place);
    if ((row + 1) * STATS > this.#stats.length) {
      const more = new Float64Array(this.#stats.length * 2);
      more.set(this.#stats);
      this.#stats = more;
    }
    this.#stats.set([stats.size, stats.mtimeMs, stats.ctimeMs, stats.inode], row * STATS);
  }

  /** All files, sorted by path. */
  sorted(): FileList<ScannedFile> {
    const rows = Uint32Array.from(this.#paths.keys());
    rows.sort((a, b) => (this.#paths[a]! < this.#paths[b]! ? -1 : 1));
    return new FileList(this, rows);
  }

  /** Makes room for the hashes of all files. */
  prepareHashes(withSha256: boolean): void {
    this.#digests = new Uint8Array(this.#paths.length * DIGEST_BYTES);
    if (withSha256) this.#sha256 = new Uint8Array(this.#digests.length);
  }

  setHashes(row: number, { digest, sha256 }: Hashes): void {
    writeDigest(digest, this.#digests, row * DIGEST_BYTES);
    if (sha256 !== undefined && this.#sha256.length > 0) {
      writeDigest(sha256 as Digest, this.#sha256, row * DIGEST_BYTES);
    }
  }

  path(row: number): PodPath {
    return this.#paths[row]!;
  }

  /** Where a file's bytes are; absolute. */
  file(row: number): string {
    const place = this.#places[row]!;
    return place.real + this.#paths[row]!.slice(place.path.length);
  }

  /** One of size, mtime, ctime and inode, by its place among them. */
  stat(row: number, column: number): number {
    return this.#stats[row * STATS + column]!;
  }

  digestBytes(row: number): Uint8Array {
    return this.#digests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES);
  }

  /** The first bits of a digest, so many that a number holds them and a place. */
  digestPrefix(row: number): number {
    const at = row * DIGEST_BYTES;
    const bytes = this.#digests;
    return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  }

  haveSameDigest(row: number, other: number): boolean {
    for (let i = 0; i < DIGEST_BYTES; i++) {
      if (this.#digests[row * DIGEST_BYTES + i] !== this.#digests[other * DIGEST_BYTES + i]) return false;
    }
    return true;
  }

  digest(row: number): Digest {
    return digestFromBytes(this.#digests, row * DIGEST_BYTES);
  }

  sha256(row: number): string | undefined {
    return this.#sha256.length > 0 ? digestFromBytes(this.#sha256, row * DIGEST_BYTES) : undefined;
  }
}

/** A file where it lies in a table. */
class TableFile implements HashedFile {
  readonly #table: FileTable;
  readonly #row: number;

  constructor(table: FileTable, row: number) {
    this.#table = table;
    this.#row = row;
  }

  get path(): PodPath {
    return this.#table.path(this.#row);
  }

  get file(): string {
    return this.#table.file(this.#row);
  }

  get size(): number {
    return this.#table.stat(this.#row, 0);
  }

  get mtimeMs(): number {
    return this.#table.stat(this.#row, 1);
  }

  get ctimeMs(): number {
    return this.#table.stat(this.#row, 2);
  }

  get inode(): number {
    return this.#table.stat(this.#row, 3);
  }

  get digest(): Digest {
    return this.#table.digest(this.#row);
  }

  get sha256(): string | undefined {
    return this.#table.sha256(this.#row);
  }
}

/** Some files of a table, in an order. Each is made when it is asked for. */
export class FileList<File extends ScannedFile = HashedFile> implements Iterable<File> {
  readonly table: FileTable;
  readonly rows: Uint32Array;

  constructor(table: FileTable, rows: Uint32Array) {
    this.table = table;
    this.rows = rows;
  }

  get length(): number {
    return this.rows.length;
  }

  at(place: number): File | undefined {
    const row = this.rows[place];
    return row === undefined ? undefined : this.#read(row);
  }

  *[Symbol.iterator](): Generator<File> {
    for (const row of this.rows) yield this.#read(row);
  }

  /** Their paths, as often as they are asked for. */
  get paths(): Iterable<PodPath> {
    const { table, rows } = this;
    return {
      *[Symbol.iterator]() {
        for (const row of rows) yield table.path(row);
      },
    };
  }

  map<T>(change: (file: File) => T): T[] {
    return Array.from(this, change);
  }

  slice(from: number, to: number): FileList<File> {
    return new FileList(this.table, this.rows.subarray(from, to));
  }

  /** Those at some places of this list. */
  pick(places: ArrayLike<number>): FileList<File> {
    return this.ofRows(Uint32Array.from(places, (place) => this.rows[place]!));
  }

  /** Those in some rows of the table. */
  ofRows(rows: Uint32Array): FileList<File> {
    return new FileList(this.table, rows);
  }

  /** Those that have each content once: under the first path of this list. Their hashes must be known. */
  distinct(): FileList<File> {
    const isRepeated = new Uint8Array(this.length);
    // Sorted by how their digests begin, then by their places. What has the same content stands together.
    const order = new Float64Array(this.length);
    for (let place = 0; place < order.length; place++) {
      order[place] = this.table.digestPrefix(this.rows[place]!) * PLACES + place;
    }
    order.sort();
    const contents: number[] = [];
    let last = -1;
    for (const key of order) {
      const place = key % PLACES;
      const prefix = (key - place) / PLACES;
      if (prefix !== last) contents.length = 0;
      last = prefix;
      const row = this.rows[place]!;
      if (contents.some((other) => this.table.haveSameDigest(row, other))) isRepeated[place] = 1;
      else contents.push(row);
    }
    return new FileList(
      this.table,
      this.rows.filter((_, place) => isRepeated[place] === 0),
    );
  }

  /** The same, in which the hashes of all are known. */
  withHashes(): FileList<HashedFile> {
    return new FileList(this.table, this.rows);
  }

  /** Nobody asks a file for its hashes before they are there: its type does not have them. */
  #read(row: number): File {
    return new TableFile(this.table, row) as ScannedFile as File;
  }
}
