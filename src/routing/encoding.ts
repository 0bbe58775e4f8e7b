import { type Encoding, ENCODINGS } from "#model";

/** Below this a compressed file needs as many packets as the file itself. */
const MIN_BYTES = 1024;
/** Above this the best compression takes minutes. */
const MAX_BYTES = 16 * 1024 * 1024;

const COMPRESSIBLE =
  /^(?:text\/|font\/(?:ttf|otf|sfnt|collection)\b|image\/(?:bmp|x-icon|vnd\.microsoft\.icon)\b|application\/(?:javascript|json|xml|wasm|rtf|sql|toml|yaml|vnd\.ms-fontobject|x-sh)\b|[^;]+\+(?:json|xml)\b)/i;

/** Whether a file of this media type and size (bytes) is sent compressed to those who understand it. */
export const isCompressible = (type: string, size: number): boolean =>
  size >= MIN_BYTES && size <= MAX_BYTES && COMPRESSIBLE.test(type);

export type Coding = Encoding | "identity";

const MEMBER = /^([!#$%&'*+.^_`|~\w-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/**
 * Reads an Accept-Encoding header (RFC 9110, section 12.5.3): the codings that the client takes, the one to be preferred
 * first. Of those that it likes as much the smallest goes first. A member that is not well formed is left out.
 */
export function parseAcceptEncoding(header: string): Coding[] {
  const weights = new Map<string, number>();
  for (const member of header.split(",")) {
    const [, coding, weight = "1"] = MEMBER.exec(member.trim()) ?? [];
    if (coding !== undefined) weights.set(coding.toLowerCase().replace(/^x-gzip$/, "gzip"), Number(weight));
  }
  const others = weights.get("*");
  // Who names codings without saying anything of identity wants those, and takes identity where there are none.
  const weigh = (coding: Coding) => weights.get(coding) ?? others ?? (coding === "identity" ? Number.MIN_VALUE : 0);
  const codings: Coding[] = [...ENCODINGS, "identity"];
  return codings.filter((coding) => weigh(coding) > 0).sort((a, b) => weigh(b) - weigh(a));
}
