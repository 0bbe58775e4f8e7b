import type { RawResponse } from "../harness/ask.ts";

/**
 * Says in short what came back, where each file's content is its path: `about.html` is that file, `→ /about` a redirect (307)
 * to there, `404 404.html` that file as an error page, `404` the server's own page, `404 text` a missing asset.
 */
export function describeAnswer({ status, headers, body }: RawResponse): string {
  const text = Buffer.from(body, "latin1").toString();
  if (status === 307) return `→ ${headers.get("location")}`;
  if (status === 200) return text;
  if (headers.get("content-type")?.startsWith("text/plain") && text === "Not found\n") return `${status} text`;
  return text.startsWith("<!doctype html>") ? `${status}` : `${status} ${text}`;
}
