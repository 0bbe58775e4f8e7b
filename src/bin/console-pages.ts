import { asset } from "./assets.ts";

const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};

/** Answers a request of the console: its built files, and its page for every other path, since it routes by itself. */
export function consoleResponse(request: Request): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are answered here.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const { pathname } = new URL(request.url);
  const isHashed = pathname.startsWith("/assets/");
  const file = asset(`console${pathname}`) ?? (isHashed ? undefined : asset("console/index.html"));
  if (!file) return new Response("There is no such page.\n", { status: 404, headers: { "cache-control": "no-store" } });
  return new Response(file, {
    headers: {
      ...SECURITY_HEADERS,
      "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
