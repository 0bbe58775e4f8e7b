/** Who asks, as the network and their program tell it. */
export interface Client {
  /** The client's network address, where it is known. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** What a browser sent; null where it sent none. */
  readonly cookie: string | null;
}

/** Where Better Auth reads the client's address. No request reaches it with what a client wrote there. */
export const ADDRESS_HEADER = "x-sitepod-client-address";

const MAX_USER_AGENT_LENGTH = 300;

export function clientOf(request: Request, address: string | null): Client {
  return { address, userAgent: request.headers.get("user-agent"), cookie: request.headers.get("cookie") };
}

/** The headers of which Better Auth is told: who asks, and cookies: the browser's own, or those given. */
export function headersOf({ address, userAgent, cookie }: Client, cookies: string | null = cookie): Headers {
  const headers = new Headers();
  if (address !== null) headers.set(ADDRESS_HEADER, address);
  if (userAgent !== null) headers.set("user-agent", userAgent.slice(0, MAX_USER_AGENT_LENGTH));
  if (cookies !== null) headers.set("cookie", cookies);
  return headers;
}

/** The cookies that an answer sets, as the next request sends them. */
export const sentBack = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
