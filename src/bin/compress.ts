import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import type { Encoded } from "#model";

/** A coding that saves less is not worth its room, nor the browser's time. */
const WORTH_IT = 0.95;
/** With a window of 8 MiB: the most that browsers take (RFC 9659). */
const ZSTD_LEVEL = 19;

/** Compresses as well as each coding can. It takes about a second a megabyte: not for a thread that serves. */
export function compress(content: Uint8Array): Encoded {
  const brotli = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const zstd = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL };
  const ifWorthIt = (encoded: Uint8Array) => new Uint8Array(encoded.length <= content.length * WORTH_IT ? encoded : []);
  return {
    br: ifWorthIt(brotliCompressSync(content, { params: brotli })),
    zstd: ifWorthIt(zstdCompressSync(content, { params: zstd })),
    gzip: ifWorthIt(gzipSync(content, { level: 9 })),
  };
}
