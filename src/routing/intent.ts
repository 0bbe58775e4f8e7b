import type { Entry } from "#model";
import { formatRequestPath } from "./path.ts";

/** What a request for a path of a pod should get. */
export type Intent =
  | { readonly kind: "file"; readonly entry: Entry; readonly status: 200 | 404 }
  /** To a path on the same host, without query. */
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "missing" };

export type FindEntry = (path: string) => Entry | undefined;

/**
 * Decides what a path means in a pod. In this order: the file itself; a folder's `index.html`; `about.html` for
 * `about`; a redirect to the folder for a path that lacks its slash; then what `decideMissing` says.
 */
export function decideIntent(path: string, find: FindEntry): Intent {
  if (path === "" || path.endsWith("/")) {
    const index = find(`${path}index.html`);
    return index ? { kind: "file", entry: index, status: 200 } : decideMissing(path, find);
  }
  const entry = find(path) ?? find(`${path}.html`);
  if (entry) return { kind: "file", entry, status: 200 };
  if (find(`${path}/index.html`)) return { kind: "redirect", location: formatRequestPath(`${path}/`) };
  return decideMissing(path, find);
}

/**
 * Decides what is said instead of a file that is not there: the `404.html` of the nearest folder above. A site
 * without one at its top is taken for a single-page application: paths without a dot get its `index.html`.
 */
function decideMissing(path: string, find: FindEntry): Intent {
  for (let end = path.lastIndexOf("/"); ; end = path.lastIndexOf("/", end - 1)) {
    const page = find(`${path.slice(0, end + 1)}404.html`);
    if (page) return { kind: "file", entry: page, status: 404 };
    if (end <= 0) break;
  }
  const index = isPageName(path) ? find("index.html") : undefined;
  return index ? { kind: "file", entry: index, status: 200 } : { kind: "missing" };
}

/** Decides for a request path that no pod can hold. */
export function decideNowhere(find: FindEntry): Intent {
  const page = find("404.html");
  return page ? { kind: "file", entry: page, status: 404 } : { kind: "missing" };
}

const isPageName = (path: string): boolean => !path.slice(path.lastIndexOf("/") + 1).includes(".");
