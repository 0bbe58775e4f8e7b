import type { HeaderChange } from "#routing";

/** Redirects are the server's own words; an answer that is not modified is the file's. */
const isRedirect = (status: number): boolean => status > 300 && status < 400 && status !== 304;

const CACHING = /(?:^|-)cache-control$|^surrogate-control$|^expires$/;

/** What describes the content, which these answers have not, or have another of than the file's. */
const hasOtherContent = (response: Response): boolean =>
  [304, 412, 416].includes(response.status) ||
  (response.headers.get("Content-Type") ?? "").startsWith("multipart/byteranges");

/**
 * Does to an answer what the site's owner says of its path. What the owner sets wins, except that an error is never kept
 * by caches, and that parts of a file stay marked as parts.
 */
export function applyHeaders(response: Response, changes: readonly HeaderChange[]): Response {
  const { status, headers } = response;
  if (isRedirect(status)) return response;
  for (const change of changes) {
    if (status >= 400 && CACHING.test(change.name)) continue;
    if (change.name === "content-type" && hasOtherContent(response)) continue;
    if (change.kind === "remove") headers.delete(change.name);
    else headers[change.kind](change.name, change.value);
  }
  return response;
}
