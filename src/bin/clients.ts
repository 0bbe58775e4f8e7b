import { findClient, plainAddress, type Proxies } from "./proxies.ts";
import { isRequestId } from "./request-id.ts";

/** Who sent a request, and how. */
export interface Clients {
  /** Returns the request as the client sent it: where a trusted proxy passed it on, with the client's scheme. */
  received(request: Request): Request;
  /** The client's network address; null where the connection has ended already. */
  address(request: Request): string | null;
  /** The id that a trusted proxy gave the request, where it is well formed; otherwise a new one. */
  requestId(request: Request): string;
}

type PeerOf = (request: Request) => string | null;

/** Without trusted proxies whoever connects is the client, and X-Forwarded-* means nothing. */
export function createClients(peerOf: PeerOf, proxies: Proxies | undefined, newRequestId: () => string): Clients {
  const address = (request: Request) => {
    const peer = peerOf(request);
    return peer === null ? null : plainAddress(peer);
  };
  if (!proxies) return { received: (request) => request, address, requestId: newRequestId };

  /** A request that was made here has no connection to ask. */
  const passedOn = new WeakMap<Request, string>();
  return {
    received(request) {
      const peer = address(request);
      if (peer === null || !proxies.includes(peer)) return request;
      const client = findClient(peer, request.headers.get("x-forwarded-for"), proxies);
      const original = new Request(originalUrl(request), request);
      passedOn.set(original, client);
      return original;
    },
    address: (request) => passedOn.get(request) ?? address(request),
    requestId(request) {
      const given = passedOn.has(request) ? request.headers.get("x-request-id") : null;
      return given !== null && isRequestId(given) ? given : newRequestId();
    },
  };
}

/**
 * The URL by the scheme that the client used. The host is never taken from a header but Host: a proxy that passes on a
 * client's own X-Forwarded-Host would let the client choose another tenant, and a cache in front would keep the mistake.
 */
function originalUrl({ url, headers }: Request): string {
  const scheme = headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  return scheme === "https" ? url.replace(/^http:/, "https:") : url;
}
