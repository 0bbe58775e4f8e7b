import { decideRange, type RangeDecision } from "./range.ts";

/** The headers of a request, as far as they are needed here. */
export interface RequestHeaders {
  /** Returns a header's value, or null where there is none. The name is in lower case. */
  get(name: string): string | null;
}

export type Selection = RangeDecision | { readonly kind: "not-modified" } | { readonly kind: "precondition-failed" };

/** What a request selects from. */
export interface Representation {
  /** Strong. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Parts of it may be asked for. */
  readonly hasRanges: boolean;
}

const WHOLE = { kind: "whole" } as const;

/**
 * Decides how much of a representation to send, in the order of RFC 9110, section 13.2.2. Nothing here has a
 * modification date (a content that comes back is not newer), so If-Modified-Since and If-Unmodified-Since are ignored, as
 * sections 13.1.3 and 13.1.4 say, and an If-Range that holds a date never holds.
 */
export function selectContent(
  method: string,
  headers: RequestHeaders,
  { etag, size, hasRanges }: Representation,
): Selection {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null && !matchesStrongly(ifMatch, etag)) return { kind: "precondition-failed" };
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null && matchesWeakly(ifNoneMatch, etag)) return { kind: "not-modified" };
  const range = headers.get("range");
  if (range === null || method !== "GET" || !hasRanges) return WHOLE;
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange !== etag) return WHOLE;
  return decideRange(range, size);
}

/** If-Match: `*`, or a list that holds the tag; a weak tag never matches. */
export const matchesStrongly = (header: string, etag: string): boolean =>
  header === "*" || (parseEtags(header)?.includes(etag) ?? false);

/** If-None-Match: `*`, or a list that holds the tag, weak or not. */
export const matchesWeakly = (header: string, etag: string): boolean =>
  header === etag ||
  header === "*" ||
  (parseEtags(header)?.some((tag) => tag === etag || tag === `W/${etag}`) ?? false);

const ETAG_LIST_ITEM = /[ \t]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*")[ \t]*)?(?:,|$)/y;

/** Reads a list of entity tags, with their quotes and `W/`. Undefined where the text is not one. */
export function parseEtags(header: string): string[] | undefined {
  const tags: string[] = [];
  ETAG_LIST_ITEM.lastIndex = 0;
  while (ETAG_LIST_ITEM.lastIndex < header.length) {
    const item = ETAG_LIST_ITEM.exec(header);
    if (!item) return undefined;
    if (item[1] !== undefined) tags.push(item[1]);
  }
  return tags;
}
