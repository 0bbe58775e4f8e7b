/** A run of bytes; both ends are included, as in Content-Range. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export type RangeDecision =
  | { readonly kind: "whole" }
  | { readonly kind: "ranges"; readonly ranges: readonly [ByteRange, ...ByteRange[]] }
  | { readonly kind: "unsatisfiable" };

/** More ranges than this in one request are ignored: no reader needs them, and each costs us a part. */
export const MAX_RANGES = 16;

const UNIT = /^bytes[ \t]*=/i;
const RANGE = /^[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/;

/**
 * Decides what a Range header asks of `size` bytes (RFC 9110, section 14). The whole is sent where the header is not
 * understood, where the content is empty, and where the ranges add up to more than the whole: overlapping ranges are
 * an attack (section 17.15), not a request.
 */
export function decideRange(header: string, size: number): RangeDecision {
  const unit = UNIT.exec(header);
  if (!unit || size === 0) return { kind: "whole" };
  const items = header.slice(unit[0].length).split(",", MAX_RANGES + 1);
  if (items.length > MAX_RANGES) return { kind: "whole" };
  const ranges: ByteRange[] = [];
  let total = 0;
  for (const item of items) {
    const match = RANGE.exec(item);
    if (!match) return { kind: "whole" };
    const [, first, last, suffix] = match;
    if (last && Number(last) < Number(first)) return { kind: "whole" };
    const range =
      suffix === undefined
        ? { first: Number(first), last: Math.min(last ? Number(last) : Infinity, size - 1) }
        : { first: Math.max(size - Number(suffix), 0), last: size - 1 };
    if (range.first > range.last) continue;
    ranges.push(range);
    total += range.last - range.first + 1;
  }
  const [head, ...rest] = ranges;
  if (!head) return { kind: "unsatisfiable" };
  return total > size ? { kind: "whole" } : { kind: "ranges", ranges: [head, ...rest] };
}

/** A Content-Range (RFC 9110, section 14.4). */
export const formatContentRange = ({ first, last }: ByteRange, size: number): string =>
  `bytes ${first}-${last}/${size}`;

/** The Content-Range of a 416. */
export const formatUnsatisfiedRange = (size: number): string => `bytes */${size}`;
