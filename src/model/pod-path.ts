import { accepted, type Parsed, refused } from "./error.ts";

declare const podPathBrand: unique symbol;

/** A file's place in a pod: relative, `/`-separated, in the spelling it was deployed with. */
export type PodPath = string & { readonly [podPathBrand]: true };

/** The longest path a pod holds, in UTF-8 bytes: the length of an object-store key. */
export const MAX_PATH_BYTES = 1024;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;
const utf8 = new TextEncoder();

/** Parses a path as a client sent it. The fault names the path and the rule. */
export function parsePodPath(text: string): Parsed<PodPath> {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  if (text === "") return refused("a path is empty");
  if (!text.isWellFormed()) return refused(`path ${shown} is not valid Unicode`);
  if (CONTROL.test(text)) return refused(`path ${shown} holds a control character`);
  if (text.includes("\\")) return refused(`path ${shown} holds a backslash; separate folders with /`);
  if (text.startsWith("/")) return refused(`path ${shown} is absolute; paths are relative to the deployed folder`);
  if (utf8.encode(text).length > MAX_PATH_BYTES) {
    return refused(`path ${shown} is longer than ${MAX_PATH_BYTES} bytes`);
  }
  for (const segment of text.split("/")) {
    if (segment === "") return refused(`path ${shown} has an empty segment`);
    if (segment === "." || segment === "..") return refused(`path ${shown} has a "${segment}" segment`);
  }
  return accepted(text as PodPath);
}

/**
 * Finds what makes a set of paths unusable together: a path given twice, a path that is also a folder of another, and
 * (unless allowed) two paths that differ by case alone, which one file system keeps apart and another merges.
 * Returns one sentence a fault, and at most two faults a path.
 */
export function findPathCollisions(paths: readonly PodPath[], allowCaseCollisions: boolean): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const folded = new Map<string, string>();
  for (const path of paths) {
    if (seen.has(path)) {
      faults.push(`path ${JSON.stringify(path)} is listed twice`);
      continue;
    }
    seen.add(path);
    const fold = path.toLowerCase();
    const twin = folded.get(fold);
    if (twin === undefined) folded.set(fold, path);
    else if (!allowCaseCollisions) {
      faults.push(
        `paths ${JSON.stringify(twin)} and ${JSON.stringify(path)} differ by case alone; rename one, ` +
          `or set allow_case_collisions`,
      );
    }
  }
  // With the separator below every other character, what is in a folder follows the folder's own name at once. Looking
  // up each path's folders instead would cost depth times length.
  const sorted = Array.from(seen, (path) => path.replaceAll("/", "\u0000")).toSorted();
  for (const [i, path] of sorted.entries()) {
    if (sorted[i + 1]?.startsWith(`${path}\u0000`)) {
      faults.push(`path ${JSON.stringify(path.replaceAll("\u0000", "/"))} is both a file and a folder`);
    }
  }
  return faults;
}

/**
 * Finds paths that look the same and are spelled with other characters: a letter with its accent as one (NFC), or as two
 * (NFD). Both are served, each at its own address; people and some file systems take them for one. One sentence a pair.
 */
export function findLookalikes(paths: Iterable<string>): string[] {
  const found: string[] = [];
  const seen = new Map<string, string>();
  for (const path of paths) {
    // eslint-disable-next-line no-control-regex
    if (/^[\u0000-\u007f]*$/.test(path)) continue;
    const composed = path.normalize("NFC");
    const twin = seen.get(composed);
    if (twin === undefined) seen.set(composed, path);
    else
      found.push(
        `paths ${JSON.stringify(twin)} and ${JSON.stringify(path)} look the same: their accents are spelled otherwise`,
      );
  }
  return found;
}
