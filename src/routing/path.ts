import { MAX_PATH_BYTES } from "#model";

export type RequestPath =
  /** Relative and decoded; empty or ending in a slash where it names a folder. */
  | { readonly kind: "path"; readonly path: string }
  /** Well formed, but no pod can hold such a path: 404. */
  | { readonly kind: "nowhere" }
  /** No path at all: 400. */
  | { readonly kind: "malformed" };

const CONTROL = /[\u0000-\u001f\u007f]/;
/** An empty or a dot segment, or a backslash. A leading `//` is one of them, so no answer can redirect to it. */
const UNREACHABLE = /(?:^|\/)(?:\/|\.{1,2}(?:\/|$))|\\/;
/** A separator that somebody took the trouble to hide. Decoding it would make two paths of one. */
const HIDDEN_SEPARATOR = /%(?:2f|5c)/i;
/** Percent-encoding at most triples a path. */
const MAX_ENCODED_LENGTH = 1 + MAX_PATH_BYTES * 3;

/**
 * Reads the path of a request: percent-encoded, starting with a slash, without query. Broken percent-encoding, invalid
 * UTF-8 and control characters (`%00`) are malformed; `//`, `.`, `..`, `%2f` and `%5c` lead nowhere.
 */
export function parseRequestPath(raw: string): RequestPath {
  if (!raw.startsWith("/")) return { kind: "malformed" };
  if (raw.length > MAX_ENCODED_LENGTH || HIDDEN_SEPARATOR.test(raw)) return { kind: "nowhere" };
  const path = decode(raw.slice(1));
  if (path === undefined || CONTROL.test(path)) return { kind: "malformed" };
  return UNREACHABLE.test(path) ? { kind: "nowhere" } : { kind: "path", path };
}

/** Writes a pod's path as the path of a request: `a b/c#` → `/a%20b/c%23`. */
export const formatRequestPath = (path: string): string => `/${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;

export interface Target {
  /** Percent-encoded, starting with a slash. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/** Finds the target of a request in its URL (`http://host/path?query#…`), without parsing the rest of it. */
export function splitUrl(url: string): Target {
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  const fragment = url.indexOf("#", start);
  const end = fragment === -1 ? url.length : fragment;
  const query = url.indexOf("?", start);
  return query === -1 || query > end
    ? { path: url.slice(start, end), query: "" }
    : { path: url.slice(start, query), query: url.slice(query, end) };
}

function decode(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
