import { LRUCache } from "lru-cache";
import type { Entry } from "#model";
import { cacheControlOf, formatEtag } from "#routing";
import type { Pod } from "./manifest.ts";
import type { Readers } from "./readers.ts";

/** A file ready to be sent: everything that does not depend on who asks. */
export interface Answer {
  readonly status: 200 | 404;
  readonly headers: Headers;
  /** Of a 304, which repeats only what a cache must know (RFC 9110, section 15.4.5). */
  readonly notModifiedHeaders: Headers;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  readonly type: string;
  /** In memory where it is small, otherwise a handle of the stored file. */
  readonly body: Blob;
}

export interface Answers {
  /** Finds the answer to a request path where it is ready and the path is a file's address, as browsers spell it. */
  findReady(pod: Pod, listed: boolean, path: string): Answer | undefined;
  /**
   * Prepares the answer that a file is, at its address (a request path) or in place of something else. Throws where the
   * file's content is not there or cannot be read.
   */
  prepare(pod: Pod, listed: boolean, status: 200 | 404, entry: Entry, address?: string): Answer | Promise<Answer>;
  readonly count: number;
  /** Of the contents kept in memory, and a little more for each answer. */
  readonly bytes: number;
}

/** Larger files are left to the system's file cache, and to sendfile. */
const MAX_HOT_FILE_BYTES = 64 * 1024;
/** What an answer costs beside its content. */
const ANSWER_BYTES = 1024;

/** Keeps answers ready, the least recently used making room at `maxBytes`. */
export function createAnswers(readers: Readers, maxBytes: number): Answers {
  const answers = new LRUCache<string, Answer>({
    maxSize: maxBytes,
    sizeCalculation: ({ size }) => ANSWER_BYTES + (size <= MAX_HOT_FILE_BYTES ? size : 0),
  });

  async function read(key: string, listed: boolean, status: 200 | 404, entry: Entry): Promise<Answer> {
    const answer = {
      status,
      headers: new Headers(headersOf(entry, status, listed)),
      notModifiedHeaders: new Headers(cachingHeadersOf(entry, status)),
      etag: formatEtag(entry.digest),
      size: entry.size,
      type: entry.type,
      body: await readBody(readers, entry),
    };
    answers.set(key, answer);
    return answer;
  }

  return {
    findReady: (pod, listed, path) => answers.get(answerKey(pod, listed, path)),
    prepare(pod, listed, status, entry, address) {
      const key = answerKey(pod, listed, address ?? `${status} ${entry.path}`);
      return answers.get(key) ?? read(key, listed, status, entry);
    },
    get count() {
      return answers.size;
    },
    get bytes() {
      return answers.calculatedSize;
    },
  };
}

/** Request paths start with a slash, and nothing else here does. */
const answerKey = (pod: Pod, listed: boolean, name: string): string => (listed ? pod.id : `${pod.id}-`) + name;

async function readBody(readers: Readers, { digest, path, size }: Entry): Promise<Blob> {
  const blob = await readers.openBlob(digest);
  if (size <= MAX_HOT_FILE_BYTES) {
    const bytes = await blob.slice(0, size).arrayBuffer();
    if (bytes.byteLength === size) return new Blob([bytes]);
  } else if ((await blob.slice(size - 1, size).arrayBuffer()).byteLength === 1) {
    return blob.slice(0, size);
  }
  throw new Error(`Blob ${digest} of ${JSON.stringify(path)} is shorter than the manifest says, or absent`);
}

function headersOf(entry: Entry, status: 200 | 404, listed: boolean): Record<string, string> {
  return {
    "Content-Type": entry.type,
    ...cachingHeadersOf(entry, status),
    ...(status === 200 && { "Accept-Ranges": "bytes" }),
    "X-Content-Type-Options": "nosniff",
    ...(!listed && { "X-Robots-Tag": "noindex" }),
    // Bun would name the file in the store here, which is the digest of its content.
    ...(entry.size > MAX_HOT_FILE_BYTES && { "Content-Disposition": "inline" }),
  };
}

const cachingHeadersOf = ({ path, digest }: Entry, status: 200 | 404): Record<string, string> =>
  status === 200
    ? { "Cache-Control": cacheControlOf(path), ETag: formatEtag(digest) }
    : { "Cache-Control": "no-store" };
