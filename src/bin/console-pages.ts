import { asset } from "./assets.ts";

/**
 * Scripts come from here alone, and none is inline; the worker that hashes compiles WebAssembly. Frames show the sites of
 * this server, at origins of their own.
 */
const policyFor = (sites: string): string =>
  `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; frame-src ${sites}; object-src 'none'; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** What a policy calls all sites under the domain of an address: `https://example.com:8443` → `https://*.example.com:8443`. */
const sitesOf = (console: string): string => console.replace("://", "://*.");

/** Returns what answers requests to the console at this address. */
export function createConsolePages(console: string): (request: Request) => Response {
  const headers = {
    "content-security-policy": policyFor(sitesOf(console)),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
  return (request) => consoleResponse(request, headers);
}

/** Answers a request of the console: its built files, and its page for every other path, since it routes by itself. */
function consoleResponse(request: Request, securityHeaders: Record<string, string>): Response {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are answered here.\n", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  const { pathname } = new URL(request.url);
  const isHashed = pathname.startsWith("/assets/");
  const file = asset(`console${pathname}`) ?? (isHashed ? undefined : asset("console/index.html"));
  if (!file) return new Response("There is no such page.\n", { status: 404, headers: { "cache-control": "no-store" } });
  return new Response(file, {
    headers: {
      ...securityHeaders,
      "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    },
  });
}
