import { type Digest, parseDigest } from "#model";
import type { DigestRange } from "./ports.ts";

const DOCUMENT_KEY = /^(?:[a-z0-9_][a-z0-9_-]*\/)+[a-z0-9_][a-z0-9._-]*\.json$/;
const PREFIX = /^(?:[a-z0-9_][a-z0-9_-]*\/)+$/;
const WORKSPACE = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** Room is left for the longest file name of 255 bytes. */
const MAX_SEGMENT_LENGTH = 253;

/**
 * The last guard before a key becomes a path. Keys are built from parsed labels, slugs and digests, so a key that fails
 * here is a bug of ours: it throws a RangeError.
 */
export function checkDocumentKey(key: string): string {
  return guard(key, DOCUMENT_KEY, "a document's key: lower-case folders and a name that ends in .json");
}

/** The same for the prefix of a listing: whole folders, ending in a slash. */
export function checkPrefix(prefix: string): string {
  return guard(prefix, PREFIX, "a prefix: lower-case folders, each with a slash after it");
}

export function checkWorkspace(workspace: string): string {
  return guard(workspace, WORKSPACE, "a workspace's id: letters, digits, hyphens and underscores");
}

/** The same for a digest that a cast let through. */
export function checkDigest(digest: Digest): Digest {
  if (!parseDigest(digest)) throw new RangeError(`${shown(digest)} is not a digest`);
  return digest;
}

/** Whether digests with these first two digits are of a range. */
export const isWithin = (digits: string, { from = "", before }: DigestRange = {}): boolean =>
  digits >= from && (before === undefined || digits < before);

export const stagedKey = (workspace: string, digest: Digest): string =>
  `uploads/${checkWorkspace(workspace)}/${checkDigest(digest)}`;

function guard(key: string, pattern: RegExp, what: string): string {
  if (!pattern.test(key) || key.split("/").some((segment) => segment.length > MAX_SEGMENT_LENGTH)) {
    throw new RangeError(`${shown(key)} is not ${what}`);
  }
  return key;
}

const shown = (text: string) => JSON.stringify(text.slice(0, 80));
