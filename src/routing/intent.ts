import type { Entry, HtmlHandling } from "#model";
import { type FindEntry, findByPath } from "./html-handling.ts";
import { formatRequestPath, parseRequestPath } from "./path.ts";

export type { FindEntry } from "./html-handling.ts";

/** What a request for a path of a pod should get. */
export type Intent =
  | {
      readonly kind: "file";
      readonly entry: Entry;
      readonly status: number;
      /** The path of a request for it; absent where the file stands in for one that is not there. */
      readonly address?: string;
    }
  /** To a path on the same host, without query. */
  | { readonly kind: "redirect"; readonly location: string }
  /** An asset is what only a page asks for: nobody reads what it gets instead. */
  | { readonly kind: "missing"; readonly isAsset: boolean };

/** Decides what a path means in a pod: what is found there, else what `decideMissing` says. */
export function decideIntent(path: string, mode: HtmlHandling, find: FindEntry): Intent {
  const found = findByPath(path, mode, find);
  if (!found) return decideMissing(path, find);
  if ("address" in found) return { kind: "redirect", location: formatRequestPath(found.address) };
  return { kind: "file", entry: found.entry, status: 200, address: formatRequestPath(path) };
}

/**
 * Decides what is said instead of a file that is not there: the `404.html` of the nearest folder above. A site
 * without one at its top is taken for a single-page application: what does not look like an asset gets its `index.html`.
 */
function decideMissing(path: string, find: FindEntry): Intent {
  for (let end = path.lastIndexOf("/"); ; end = path.lastIndexOf("/", end - 1)) {
    const page = find(`${path.slice(0, end + 1)}404.html`);
    if (page) return { kind: "file", entry: page, status: 404 };
    if (end <= 0) break;
  }
  const isAsset = ASSET.test(path);
  const index = isAsset ? undefined : find("index.html");
  if (index) return { kind: "file", entry: index, status: 200 };
  return { kind: "missing", isAsset: isAsset && !/\.html?$/.test(path) };
}

/** What no application has a page at: a name with a dot, and what programs ask every site for (RFC 8615). */
const ASSET = /\.[^/]*$|^\.well-known\//;

/** Whether something is at a path, without what stands in for a file that is missing. */
export const hasFile = (path: string, mode: HtmlHandling, find: FindEntry): boolean =>
  findByPath(path, mode, find) !== undefined;

/** Decides what another path (percent-encoded, with its first slash) has to answer with, under a status. */
export function decideInstead(target: string, status: number, mode: HtmlHandling, find: FindEntry): Intent {
  const parsed = parseRequestPath(target);
  if (parsed.kind !== "path") return decideNowhere(find);
  const found = findByPath(parsed.path, mode, find);
  const served = found && "address" in found ? findByPath(found.address, mode, find) : found;
  return served && "entry" in served ? { kind: "file", entry: served.entry, status } : decideNowhere(find);
}

/** Decides for a request path that no pod can hold. */
export function decideNowhere(find: FindEntry): Intent {
  const page = find("404.html");
  return page ? { kind: "file", entry: page, status: 404 } : { kind: "missing", isAsset: false };
}
