import { findClient, plainAddress, type Proxies } from "./proxies.ts";

/** Who sent a request, and how. */
export interface Clients {
  /** Returns the request as the client sent it: where a trusted proxy passed it on, with the client's scheme and host. */
  received(request: Request): Request;
  /** The client's network address; null where the connection has ended already. */
  address(request: Request): string | null;
}

type PeerOf = (request: Request) => string | null;

/** Without trusted proxies whoever connects is the client, and X-Forwarded-* means nothing. */
export function createClients(peerOf: PeerOf, proxies: Proxies | undefined): Clients {
  const address = (request: Request) => {
    const peer = peerOf(request);
    return peer === null ? null : plainAddress(peer);
  };
  if (!proxies) return { received: (request) => request, address };

  /** A request that was made here has no connection to ask. */
  const passedOn = new WeakMap<Request, string>();
  return {
    received(request) {
      const peer = address(request);
      if (peer === null || !proxies.includes(peer)) return request;
      const client = findClient(peer, request.headers.get("x-forwarded-for"), proxies);
      const original = new Request(originalUrl(request), request);
      const host = first(request.headers.get("x-forwarded-host"));
      if (host !== undefined) original.headers.set("host", host);
      passedOn.set(original, client);
      return original;
    },
    address: (request) => passedOn.get(request) ?? address(request),
  };
}

/** The URL that the client asked for, as far as the proxy tells and it makes sense. */
function originalUrl({ url, headers }: Request): string {
  const isHttps = first(headers.get("x-forwarded-proto")) === "https";
  const [, host = "", rest = "/"] = /^https?:\/\/([^/]*)(.*)$/.exec(url) ?? [];
  const original = `${isHttps ? "https" : "http"}://${first(headers.get("x-forwarded-host")) ?? host}${rest}`;
  return URL.canParse(original) ? original : url;
}

/** Proxies append to these lists: the first entry is the one nearest to the client. */
const first = (list: string | null): string | undefined => list?.split(",")[0]?.trim() || undefined;
