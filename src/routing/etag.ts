import type { Digest } from "#model";

/** Hexadecimal digits of an entity tag: 128 bits are unique, and half a digest does not name the blob. */
const ETAG_DIGITS = 32;

/** The strong entity tag of some content (RFC 9110, section 8.8.3), quotes included. */
export const formatEtag = (digest: Digest): string => `"${digest.slice(0, ETAG_DIGITS)}"`;
