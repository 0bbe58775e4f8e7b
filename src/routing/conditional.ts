import { parseHttpDate } from "./http-date.ts";
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
  /** Whole seconds since the epoch, as `LastModified` has them. Absent: conditions on dates are not looked at. */
  readonly modifiedS?: number | undefined;
  /** There are other codings of it. All have the same date, which then says nothing of their bytes. */
  readonly hasCodings?: boolean;
}

const WHOLE = { kind: "whole" } as const;

/**
 * Decides how much of a representation to send, in the order of RFC 9110, section 13.2.2: conditions on its entity tag come
 * before those on its date, which are then not looked at.
 */
export function selectContent(method: string, headers: RequestHeaders, representation: Representation): Selection {
  const { etag, size, hasRanges, modifiedS } = representation;
  const ifMatch = headers.get("if-match");
  if (
    ifMatch === null ? isModifiedSince(headers.get("if-unmodified-since"), modifiedS) : !matchesStrongly(ifMatch, etag)
  ) {
    return { kind: "precondition-failed" };
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (
    ifNoneMatch === null
      ? isUnmodifiedSince(headers.get("if-modified-since"), modifiedS)
      : matchesWeakly(ifNoneMatch, etag)
  ) {
    return { kind: "not-modified" };
  }
  const range = headers.get("range");
  if (range === null || method !== "GET" || !hasRanges) return WHOLE;
  const ifRange = headers.get("if-range");
  if (ifRange !== null && ifRange !== etag && !isDateOf(ifRange, representation)) return WHOLE;
  return decideRange(range, size);
}

/** Whether a header says so: not where it is absent or no date, nor of what has none (sections 13.1.3 and 13.1.4). */
function isModifiedSince(header: string | null, modifiedS: number | undefined): boolean {
  const sinceS = sinceOf(header, modifiedS);
  return sinceS !== undefined && modifiedS! > sinceS;
}

function isUnmodifiedSince(header: string | null, modifiedS: number | undefined): boolean {
  const sinceS = sinceOf(header, modifiedS);
  return sinceS !== undefined && modifiedS! <= sinceS;
}

const sinceOf = (header: string | null, modifiedS: number | undefined): number | undefined =>
  header === null || modifiedS === undefined ? undefined : parseHttpDate(header, modifiedS);

/** If-Range with a date: the very same, of bytes that it stands for alone (section 13.1.5). */
const isDateOf = (header: string, { modifiedS, hasCodings }: Representation): boolean =>
  modifiedS !== undefined && hasCodings !== true && parseHttpDate(header, modifiedS) === modifiedS;

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
