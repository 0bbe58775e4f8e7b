import { type Digest, type Encoding, ENCODINGS } from "#model";

/** A file ready to be sent: everything that does not depend on who asks. */
export interface Answer {
  /** Its name among the answers that are ready. */
  readonly key: string;
  readonly digest: Digest;
  readonly head: Head;
  /** Repeats only what a cache must know (RFC 9110, section 15.4.5). */
  readonly notModifiedHead: Head;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly type: string;
  /** In memory where it is small, otherwise a handle of the stored file. */
  readonly body: Blob;
  /** Ranges of it may be asked for. */
  readonly hasRanges: boolean;
  /** Where its date is known: whole seconds since the epoch. */
  readonly modifiedS: number | undefined;
  /** The same date stands for other codings of it too. */
  readonly hasCodings: boolean;
  /** The URLs by which it is found at once. */
  readonly urls: string[];
  /** Where it is compressible: what goes out in its place to those who understand it. */
  readonly encoded?: Partial<Record<Encoding, InCoding>>;
}

/** What responses are made of, so that no object is made for each. */
export interface Head {
  readonly status: number;
  readonly headers: Headers;
}

/** What is known of an answer in one coding. */
export interface InCoding {
  readonly answer?: Answer;
  readonly reading?: Promise<void>;
  /** Milliseconds since the epoch. Where there is no answer, the store is asked again from then on. */
  readonly retryAtMs: number;
}

/** Larger files are left to the system's file cache, and to sendfile. */
const MAX_HOT_FILE_BYTES = 64 * 1024;
/** What an answer costs beside its content: two sets of headers, a blob, its names. */
const ANSWER_BYTES = 3 * 1024;

/** What an answer and those that go out in its place take. */
export const bytesInMemory = ({ size, encoded = {} }: Answer): number =>
  [size, ...ENCODINGS.flatMap((encoding) => encoded[encoding]?.answer?.size ?? [])].reduce(
    (sum, each) => sum + ANSWER_BYTES + (isHot(each) ? each : 0),
    0,
  );

/** Makes the body of an answer. Throws where the blob is shorter than `size` bytes, or absent. */
export async function readBody(blob: Blob, size: number): Promise<Blob> {
  if (isHot(size)) {
    const bytes = await blob.slice(0, size).arrayBuffer();
    if (bytes.byteLength === size) return new Blob([bytes]);
  } else if ((await blob.slice(size - 1, size).arrayBuffer()).byteLength === 1) {
    return blob.slice(0, size);
  }
  throw new Error(`Shorter than ${size} bytes`);
}

export const isHot = (size: number): boolean => size <= MAX_HOT_FILE_BYTES;
