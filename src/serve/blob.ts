import { LRUCache } from "lru-cache";
import type { Entry } from "#model";
import { cacheControlOf, formatEtag, isCompressible } from "#routing";
import { type Answer, bytesInMemory, isHot, readBody } from "./answer.ts";
import type { Pod } from "./manifest.ts";
import type { Readers } from "./readers.ts";
import type { ReadyAnswers } from "./ready.ts";
import type { Showing } from "./ref.ts";

export interface Answers {
  /** Finds the answer to a request path where it is kept and the path is a file's address, as browsers spell it. */
  findKept(pod: Pod, showing: Showing, path: string): Answer | undefined;
  /**
   * Prepares the answer that a file is, at its address (a request path) or in place of something else. Throws where the
   * file's content is not there or cannot be read.
   */
  prepare(pod: Pod, showing: Showing, status: number, entry: Entry, address?: string): Answer | Promise<Answer>;
  /** Counts anew what an answer holds in memory. */
  measure(answer: Answer): void;
  readonly count: number;
  /** Of the contents kept in memory, and a little more for each answer. */
  readonly bytes: number;
}

/** The store may move a file that nobody opened for a minute. After so long it is asked again where the file is. */
const FILE_KEPT_MS = 30_000;

/** JavaScriptCore lets as much lie as is kept before it looks: with many sites, twice the memory. */
const COLLECTED_AFTER_BYTES = 16 * 1024 * 1024;

export interface AnswersOptions {
  readonly readers: Readers;
  /** What is no longer kept here is not ready any more. */
  readonly ready: Pick<ReadyAnswers, "forget">;
  readonly nowMs: () => number;
  /** Bytes of small files to keep in memory. */
  readonly maxHotBytes: number;
  /** Browsers are told to come by HTTPS only. */
  readonly isHttpsOnly: boolean;
  /** Has memory collected, beside requests. */
  readonly collect?: () => void;
}

/** RFC 6797. Without subdomains: a custom domain's may be somewhere else. */
export const HSTS = { "Strict-Transport-Security": "max-age=31536000" };

/** Keeps answers, the least recently used making room. */
export function createAnswers({
  readers,
  ready,
  nowMs,
  maxHotBytes,
  isHttpsOnly,
  collect = () => Bun.gc(false),
}: AnswersOptions): Answers {
  let bytesLeft = COLLECTED_AFTER_BYTES;
  const answers = new LRUCache<string, Answer>({
    maxSize: maxHotBytes,
    sizeCalculation: bytesInMemory,
    dispose(answer, _, reason) {
      ready.forget(answer);
      if (reason !== "evict") return;
      bytesLeft -= bytesInMemory(answer);
      if (bytesLeft > 0) return;
      bytesLeft = COLLECTED_AFTER_BYTES;
      collect();
    },
    perf: { now: nowMs },
    ttlResolution: 0,
  });
  const keep = (answer: Answer) => answers.set(answer.key, answer, isHot(answer.size) ? {} : { ttl: FILE_KEPT_MS });

  async function read(key: string, showing: Showing, status: number, entry: Entry): Promise<Answer> {
    const hasCodings = isCompressible(entry.type, entry.size);
    const answer = {
      key,
      digest: entry.digest,
      head: { status, headers: new Headers({ ...headersOf(entry, status, showing), ...(isHttpsOnly && HSTS) }) },
      notModifiedHead: { status: 304, headers: new Headers(cachingHeadersOf(entry, status)) },
      etag: formatEtag(entry.digest),
      size: entry.size,
      type: entry.type,
      body: await readEntry(readers, entry),
      hasRanges: status === 200,
      modifiedS: showing.modified?.seconds,
      hasCodings,
      urls: [],
      ...(hasCodings && { encoded: {} }),
    };
    keep(answer);
    return answer;
  }

  return {
    findKept: (pod, showing, path) => answers.get(answerKey(pod, showing, path)),
    prepare(pod, showing, status, entry, address) {
      const key = answerKey(pod, showing, address ?? `${status} ${entry.path}`);
      return answers.get(key) ?? read(key, showing, status, entry);
    },
    measure(answer) {
      if (answers.peek(answer.key) !== answer) return;
      // Setting what is set already would not measure it.
      answers.delete(answer.key);
      keep(answer);
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
const answerKey = ({ id }: Pod, { listed, modified }: Showing, name: string): string =>
  `${id}${listed ? "+" : "-"}${modified?.seconds ?? ""}${modified?.header === undefined ? "?" : ""}${name}`;

async function readEntry(readers: Readers, { digest, path, size }: Entry): Promise<Blob> {
  try {
    return await readBody(await readers.openBlob(digest), size);
  } catch (cause) {
    throw new Error(`Blob ${digest} of ${JSON.stringify(path)} cannot be read`, { cause });
  }
}

function headersOf(entry: Entry, status: number, { listed, modified }: Showing): Record<string, string> {
  const date = status === 200 ? modified?.header : undefined;
  return {
    "Content-Type": entry.type,
    ...cachingHeadersOf(entry, status),
    ...(date !== undefined && { "Last-Modified": date }),
    // Ranges of a text are sent to who asks for them. It is offered in codings, which have none.
    ...(status === 200 && !isCompressible(entry.type, entry.size) && { "Accept-Ranges": "bytes" }),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    ...(!listed && { "X-Robots-Tag": "noindex" }),
    // Bun would name the file in the store here, which is the digest of its content.
    ...(!isHot(entry.size) && { "Content-Disposition": "inline" }),
  };
}

const cachingHeadersOf = ({ path, digest, type, size }: Entry, status: number): Record<string, string> => ({
  ...(status === 200
    ? { "Cache-Control": cacheControlOf(path), ETag: formatEtag(digest) }
    : { "Cache-Control": "no-store" }),
  ...(isCompressible(type, size) && { Vary: "Accept-Encoding" }),
});
