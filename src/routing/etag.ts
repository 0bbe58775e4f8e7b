import type { Digest, Encoding } from "#model";

/** Hexadecimal digits of an entity tag: 128 bits are unique, and half a digest does not name the blob. */
const ETAG_DIGITS = 32;

/** The strong entity tag of some content, or of what a coding makes of it (RFC 9110, section 8.8.3), quotes included. */
export const formatEtag = (digest: Digest, encoding?: Encoding): string =>
  `"${digest.slice(0, ETAG_DIGITS)}${encoding === undefined ? "" : `-${encoding}`}"`;
