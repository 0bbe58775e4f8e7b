import type { Encoding } from "#model";
import { type Coding, formatEtag, parseAcceptEncoding } from "#routing";
import { type Answer, type Head, type InCoding, readBody } from "./answer.ts";
import { patiently } from "./patience.ts";
import type { Readers } from "./readers.ts";

export interface NegotiateOptions {
  readonly readers: Pick<Readers, "openEncoding">;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  readonly log: (message: string, cause?: unknown) => void;
  /** Called after an answer has come to hold more. */
  readonly onGrown: (answer: Answer) => void;
}

/**
 * Chooses the answer in the coding that `Accept-Encoding` likes best (RFC 9110, section 12.5.3), or undefined where it takes none
 * that there is.
 */
export type Negotiate = (
  accept: string,
  headers: Headers,
  answer: Answer,
) => Answer | undefined | Promise<Answer | undefined>;

/** How long a coding that is not made yet is not looked for again. */
export const RETRY_MS = 2000;
/** Browsers and tools send some dozens of different headers. */
const MAX_HEADERS = 1000;

export function createNegotiation({ readers, nowMs, log, onGrown }: NegotiateOptions): Negotiate {
  const parsed = new Map<string, readonly Coding[]>();

  function preferencesOf(header: string): readonly Coding[] {
    let codings = parsed.get(header);
    if (!codings) {
      if (parsed.size >= MAX_HEADERS) parsed.clear();
      parsed.set(header, (codings = parseAcceptEncoding(header)));
    }
    return codings;
  }

  async function read(answer: Answer, encoding: Encoding): Promise<void> {
    let known: InCoding = { retryAtMs: nowMs() + RETRY_MS };
    try {
      const blob = await readers.openEncoding(answer.digest, encoding);
      if (blob?.size === 0) known = { retryAtMs: Infinity };
      else if (blob)
        known = { answer: encode(answer, encoding, await readBody(blob, blob.size), blob.size), retryAtMs: 0 };
    } catch (cause) {
      log(`The ${encoding} coding of ${answer.digest} cannot be read; the file is sent without`, cause);
    }
    answer.encoded![encoding] = known;
    if (known.answer) onGrown(answer);
  }

  /** A coding that takes too long to read is done without until it comes. */
  async function orWithout(answer: Answer, encoding: Encoding, reading: Promise<void>): Promise<void> {
    const isRead = await patiently(reading.then(() => true));
    if (!isRead) answer.encoded![encoding] = { retryAtMs: nowMs() + RETRY_MS };
  }

  /** Returns the answer in a coding, or undefined where there is none now. */
  function find(answer: Answer, encoding: Encoding): Answer | undefined | Promise<void> {
    const known = answer.encoded![encoding];
    if (known?.answer) return known.answer;
    if (known?.reading) return known.reading;
    if (known && nowMs() < known.retryAtMs) return undefined;
    const reading = orWithout(answer, encoding, read(answer, encoding));
    answer.encoded![encoding] = { reading, retryAtMs: 0 };
    return reading;
  }

  return function negotiate(accept, headers, answer) {
    const codings = preferencesOf(accept);
    // A range is one of the file itself: what a coding makes of it cannot be continued from the file's bytes.
    if (headers.get("range") !== null && codings.includes("identity")) return answer;
    return choose(answer, codings);
  };

  function choose(answer: Answer, codings: readonly Coding[]): Answer | undefined | Promise<Answer | undefined> {
    for (const coding of codings) {
      if (coding === "identity") return answer;
      const found = find(answer, coding);
      if (found instanceof Promise) return found.then(() => choose(answer, codings));
      if (found) return found;
    }
    return undefined;
  }
}

function encode(answer: Answer, encoding: Encoding, body: Blob, size: number): Answer {
  const etag = formatEtag(answer.digest, encoding);
  const head = withTag(answer.head, etag);
  head.headers.set("Content-Encoding", encoding);
  head.headers.delete("Accept-Ranges");
  const { encoded: _, ...rest } = answer;
  return { ...rest, head, notModifiedHead: withTag(answer.notModifiedHead, etag), etag, body, size, hasRanges: false };
}

/** What is never kept by caches has no tag, and gets none. */
function withTag({ status, headers: before }: Head, etag: string): Head {
  const headers = new Headers(before);
  if (headers.has("ETag")) headers.set("ETag", etag);
  return { status, headers };
}
