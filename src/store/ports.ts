import type { Digest, Encoded, Encoding } from "#model";
import type { NamedContent } from "./pack.ts";

/**
 * Small text files under a key (`refs/docs/prod.json`), each replaced whole. A reader sees the whole old text or the
 * whole new one; a write is durable when its promise resolves.
 */
export interface Documents {
  /** Returns the text, or undefined where there is none. */
  read(key: string): Promise<string | undefined>;
  /** Writes the text where there is none yet. Returns false, and changes nothing, where there is one. */
  create(key: string, text: string): Promise<boolean>;
  /** Replaces exactly `expected` by `text`. Returns false, and changes nothing, where something else is there. */
  replace(key: string, expected: string, text: string): Promise<boolean>;
  /** Removes the text. Returns false where there was none. */
  remove(key: string): Promise<boolean>;
  /** Lists the keys that start with `prefix`, which ends in a slash, in no order. */
  list(prefix: string): AsyncIterable<string>;
  /** Calls `listener` after each change made through this object. Returns the end of the subscription. */
  subscribe(listener: (key: string) => void): () => void;
}

export interface StoredBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; when it came to be stored. */
  readonly modifiedMs: number;
}

/** Digests that begin with `from` or with later digits, and not with `before` or later ones; two hexadecimal digits each. */
export interface DigestRange {
  readonly from?: string;
  readonly before?: string;
}

/** Bytes as they lie in the store, past every cache and not verified. */
export interface Stored {
  /** Bytes. */
  readonly size: number;
  /** To be read once, to its end. Throws SitepodError `not_found` where it was removed before that began. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes under their digest. What is there is whole, verified and durable. */
export interface Blobs {
  has(digest: Digest): Promise<boolean>;
  /** Returns the blob's size in bytes, or undefined where it is absent. */
  size(digest: Digest): Promise<number | undefined>;
  /** Returns a handle whose slicing reads nothing. Where the blob is absent, this or the reading of it throws. */
  open(digest: Digest): Promise<Blob>;
  /** Returns all bytes, or undefined where the blob is absent. Large ones may be mapped, not read. */
  bytes(digest: Digest): Promise<Uint8Array | undefined>;
  /** Lists blobs by the first two digits of their digests: all, or those of a range. */
  list(range?: DigestRange): AsyncIterable<StoredBlob>;
  /** Returns what is stored, whether or not it still is what its digest says; undefined where the blob is absent. */
  read(digest: Digest): Promise<Stored | undefined>;
  /**
   * Stores a blob that another store has, durably and in the place of what is there, verifying length and BLAKE3 as it
   * streams. Throws SitepodError `invalid` where they differ; nothing changes then.
   */
  write(digest: Digest, size: number, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Moves a blob to `quarantine/`, which nothing reads. Returns false where there was none. */
  quarantine(digest: Digest): Promise<boolean>;
  /** Removes a blob. Returns false where there was none. */
  remove(digest: Digest): Promise<boolean>;
}

/** What the codings make of blobs, beside them: made again from the blob where it is lost. */
export interface Encodings {
  /** Whether all of a blob's are there. */
  has(digest: Digest): Promise<boolean>;
  /** Returns a handle whose slicing reads nothing, or undefined where there is none yet. */
  find(digest: Digest, encoding: Encoding): Promise<Blob | undefined>;
  /** Returns what is stored, undefined where there is none. */
  read(digest: Digest, encoding: Encoding): Promise<Stored | undefined>;
  /** Lists the blobs that have any, in no order. */
  list(): AsyncIterable<Digest>;
  /** Stores all of a blob's, durably. Doing it again is harmless. */
  write(digest: Digest, encoded: Encoded): Promise<void>;
  /** Removes all of a blob's that are there. */
  remove(digest: Digest): Promise<void>;
}

/** What a workspace has staged. */
export interface Staged {
  has(digest: Digest): boolean;
}

/**
 * Blobs on their way in, kept apart by workspace: nobody learns, or gets to serve, what another workspace is uploading.
 * They are verified as they arrive, survive a restart, and become blobs at commit.
 */
export interface Uploads {
  /**
   * Stores a body, verifying length and BLAKE3 as it streams. Doing it again is harmless.
   * Throws SitepodError `invalid` where size or hash differ; nothing is kept then.
   */
  stage(workspace: string, digest: Digest, size: number, body: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Stores many small bodies in one piece, verifying the BLAKE3 of each. Doing it again is harmless.
   * Throws SitepodError `invalid` where one is not what its digest names; nothing is kept then.
   */
  stageAll(workspace: string, contents: readonly NamedContent[]): Promise<void>;
  /**
   * Where it is there, a large body may come in parts. Takes on the part that begins at `offset`, unless the parts before
   * it end elsewhere. What arrived of a part that broke off counts. Returns the bytes that are there then; with the last
   * of `size` the body is verified and staged. Throws SitepodError `invalid` where its BLAKE3 differs; it begins anew then.
   */
  stagePart?(
    workspace: string,
    digest: Digest,
    size: number,
    offset: number,
    body: AsyncIterable<Uint8Array>,
  ): Promise<number>;
  /** Looks at what is staged. The answer is good until something of it is committed or expires. */
  staged(workspace: string): Promise<Staged>;
  /** Returns all bytes of what is staged, or undefined where it is not: for the list of files of a deploy under way. */
  bytes(workspace: string, digest: Digest): Promise<Uint8Array | undefined>;
  /**
   * Makes every one of `digests` that is staged a durable blob, in one batch. Those that are not staged are left
   * alone: the caller has checked that they are blobs already. Doing it again is harmless.
   */
  commit(workspace: string, digests: Iterable<Digest>): Promise<void>;
  /** Removes what is staged, unless `keep` says so. Returns how many. */
  expire(keep: (workspace: string, digest: Digest) => boolean): Promise<number>;
}

export interface Store {
  readonly documents: Documents;
  readonly blobs: Blobs;
  readonly encodings: Encodings;
  readonly uploads: Uploads;
  /**
   * Where it is there, clients send contents straight to the object store: returns a URL that takes one PUT of exactly
   * `size` bytes, for an hour, with the header `x-amz-checksum-sha256` (`sha256`, hexadecimal here, in base64 there).
   * What arrives is staged and verified at commit, which throws SitepodError `invalid` where it is something else.
   */
  presign?(workspace: string, digest: Digest, size: number, sha256: string): Promise<string>;
  /**
   * Does what commits put off, so that they end sooner: to be called now and then. Harmless at any time, and what is
   * stored stays the same.
   */
  settle?(): Promise<void>;
  /** Throws where the store cannot be read and written now. */
  check(): Promise<void>;
  /** Throws where the store cannot be read now. Changes nothing. */
  checkReadable(): Promise<void>;
}

/** As much of a store as serving needs: to open it, and to read, changes nothing. */
export interface StoreReader {
  readonly documents: Pick<Documents, "read">;
  readonly blobs: Pick<Blobs, "open" | "bytes">;
  readonly encodings: Pick<Encodings, "find">;
  readonly checkReadable: Store["checkReadable"];
}

/** Where a bucket is, and how its contents are kept near. */
export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** Undefined: Amazon's. */
  readonly endpoint?: string | undefined;
  /** Whether a URL names the bucket in its path or in its host. Undefined: by path where there is an endpoint. */
  readonly addressing?: "path" | "host" | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Whether clients send contents straight to the bucket. */
  readonly presigned: boolean;
  /** A folder on this machine for the blobs used last. */
  readonly cacheFolder: string;
  readonly cacheBytes: number;
  /** Whether the bucket is probed as it is opened. Otherwise it is before the first change of a document. */
  readonly isProbedAtOnce?: boolean;
  /** How long the store may take for the head of an answer, and for each piece of its body. */
  readonly answerTimeoutMs?: number;
}
