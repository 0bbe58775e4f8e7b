import { accepted, type Parsed, refused } from "./error.ts";

declare const podPathBrand: unique symbol;

/** A file's place in a pod: relative, `/`-separated, in the spelling it was deployed with. */
export type PodPath = string & { readonly [podPathBrand]: true };

/** The longest path a pod holds, in UTF-8 bytes: the length of an object-store key. */
export const MAX_PATH_BYTES = 1024;

/** A segment that is empty, or "." or "..". */
const ODD_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/;
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
  // A character takes three bytes at most, or two of them take four.
  if (text.length * 3 > MAX_PATH_BYTES && utf8.encode(text).length > MAX_PATH_BYTES) {
    return refused(`path ${shown} is longer than ${MAX_PATH_BYTES} bytes`);
  }
  if (!ODD_SEGMENT.test(text)) return accepted(text as PodPath);
  for (const segment of text.split("/")) {
    if (segment === "") return refused(`path ${shown} has an empty segment`);
    if (segment === "." || segment === "..") return refused(`path ${shown} has a "${segment}" segment`);
  }
  return accepted(text as PodPath);
}

/**
 * Finds what makes a set of paths unusable together: a path given twice, a path that is also a folder of another, and
 * (unless allowed) two paths that differ by case alone, which one file system keeps apart and another merges. They come
 * in the order of their characters or bytes, and are walked through twice. Returns one sentence a fault.
 */
export function findPathCollisions(sorted: Iterable<PodPath>, allowCaseCollisions: boolean): string[] {
  return [...findSamePlaces(sorted), ...(allowCaseCollisions ? [] : findSameLetters(sorted))];
}

/** Paths that are listed twice, and those that are folders too. */
function findSamePlaces(sorted: Iterable<PodPath>): string[] {
  const faults: string[] = [];
  // In this order all that begins with a path follows it at once. So those that the next may lie in are at hand.
  const beginnings: { readonly path: PodPath; isFolder: boolean }[] = [];
  for (const path of sorted) {
    while (beginnings.length > 0 && !path.startsWith(beginnings.at(-1)!.path)) beginnings.pop();
    if (beginnings.at(-1)?.path === path) {
      faults.push(`path ${JSON.stringify(path)} is listed twice`);
      continue;
    }
    for (const beginning of beginnings) {
      if (beginning.isFolder || path[beginning.path.length] !== "/") continue;
      beginning.isFolder = true;
      faults.push(`path ${JSON.stringify(beginning.path)} is both a file and a folder`);
    }
    beginnings.push({ path, isFolder: false });
  }
  return faults;
}

/** Pairs that differ by case alone. Only paths that are not in lower case are remembered: most are. */
function findSameLetters(sorted: Iterable<PodPath>): string[] {
  const faults: string[] = [];
  const others = new Map<string, PodPath>();
  const note = (twin: PodPath, path: PodPath) =>
    faults.push(
      `paths ${JSON.stringify(twin)} and ${JSON.stringify(path)} differ by case alone; rename one, ` +
        `or set allow_case_collisions`,
    );
  let last: PodPath | undefined;
  for (const path of sorted) {
    const lower = path.toLowerCase();
    if (lower === path || path === last) continue;
    last = path;
    const twin = others.get(lower);
    if (twin === undefined) others.set(lower, path);
    else note(twin, path);
  }
  if (others.size === 0) return faults;
  last = undefined;
  for (const path of sorted) {
    const twin = path === last ? undefined : others.get(path);
    last = path;
    if (twin !== undefined && twin !== path) note(twin, path);
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
