/** Directives that concern caches which many people share. */
const SHARED = /\b(?:public|private|s-maxage|proxy-revalidate)(?:\s*=\s*(?:"[^"]*"|[^\s,]*))?\s*,?\s*/gi;
/** Where caches between look for a policy of their own, whatever Cache-Control says (RFC 9213). */
const CACHE_HEADERS = /^(?:.+-)?(?:cdn-cache-control|surrogate-control)$/;

/** Forbids all caches but the browser's to keep a response, whatever the site's own headers say. */
export function keepPrivate(response: Response): Response {
  const { headers } = response;
  const policy = (headers.get("Cache-Control") ?? "").replace(SHARED, "").replace(/[\s,]+$/, "");
  headers.set("Cache-Control", policy === "" ? "private" : `private, ${policy}`);
  const ofCaches = [...headers.keys()].filter((name) => CACHE_HEADERS.test(name));
  for (const name of ofCaches) headers.delete(name);
  return response;
}
