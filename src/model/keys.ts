import type { Digest } from "./digest.ts";
import type { Encoding } from "./encoding.ts";
import type { Environment } from "./site.ts";

/**
 * The folders of documents that a store is made of, those that name others before those that are named: who reads them
 * in this order while others write finds all that is named.
 */
export const DOCUMENT_FOLDERS = ["certs", "hosts", "refs", "previews", "releases", "sites"] as const;

/** The names of everything that lies on disk or in the bucket. The labels, slugs and digests are parsed before. */
export const blobKey = (digest: Digest): string => `blobs/${digest.slice(0, 2)}/${digest}`;
export const refKey = (label: string, environment: Environment): string => `refs/${label}/${environment}.json`;
export const releaseKey = (label: string, version: number): string => `releases/${label}/v${version}.json`;
export const previewKey = (label: string, slug: string): string => `previews/${label}/${slug}.json`;
export const claimKey = (label: string): string => `sites/${label}.json`;
/** Where a damaged blob is kept for somebody to look at; nothing reads it. */
export const quarantineKey = (digest: Digest): string => `quarantine/${digest}`;
/** Where a damaged document is kept that was made anew; the first is 1. */
export const quarantinedDocumentKey = (key: string, number: number): string =>
  `quarantine/${key.slice(0, -".json".length)}.${number}.json`;
/** A wildcard's `*` is written `_`, which starts no name that a custom domain may have. */
export const hostKey = (hostname: string): string => `hosts/${hostname.replace(/^\*/, "_")}.json`;
/** The host that a listed key belongs to: the inverse of `hostKey`. */
export const hostnameOfKey = (key: string): string =>
  key.slice("hosts/".length, -".json".length).replace(/^_(?=\.)/, "*");

const SUFFIXES = { br: "br", zstd: "zst", gzip: "gz" } as const;
export const encodingKey = (digest: Digest, encoding: Encoding): string =>
  `encodings/${digest.slice(0, 2)}/${digest}.${SUFFIXES[encoding]}`;
