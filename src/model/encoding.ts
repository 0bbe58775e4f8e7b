/** The content codings (RFC 9110, section 8.4.1) that contents are kept in beside themselves; the best one first. */
export const ENCODINGS = ["br", "zstd", "gzip"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What each coding makes of some content. Empty where it saves too little to be worth sending. */
export type Encoded = Readonly<Record<Encoding, Uint8Array>>;

/** What is kept of a content for which no coding is worth it, so that it is not tried again. */
export const NOT_WORTH_ENCODING: Encoded = { br: new Uint8Array(), zstd: new Uint8Array(), gzip: new Uint8Array() };
