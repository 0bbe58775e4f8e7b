/** How this server names itself to those that it asks (RFC 9110, section 7.6.3). */
export const VIA = "1.1 sitepod";

/** What concerns one connection (RFC 9110, section 7.6.1), and what a visitor says to this host alone. */
const DROPPED_FROM_REQUEST = [
  "authorization",
  "connection",
  "content-length",
  "cookie",
  "expect",
  "forwarded",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
];

/** What concerns one connection, and what another server has no say in on this host. */
const DROPPED_FROM_RESPONSE = [
  "alt-svc",
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "set-cookie",
  "strict-transport-security",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export interface Visitor {
  /** The network address, null where it is not known. */
  readonly address: string | null;
  readonly isHttps: boolean;
}

/** The headers with which another server is asked on behalf of a visitor. */
export function formatRequestHeaders(
  request: Request,
  host: string,
  bodyBytes: number,
  visitor: Visitor,
): Record<string, string> {
  return {
    ...Object.fromEntries(goingOn(request.headers, DROPPED_FROM_REQUEST)),
    host,
    via: VIA,
    "x-forwarded-host": request.headers.get("Host") ?? "",
    "x-forwarded-proto": visitor.isHttps ? "https" : "http",
    ...(visitor.address !== null && { "x-forwarded-for": visitor.address }),
    ...((bodyBytes > 0 || !["GET", "HEAD"].includes(request.method)) && { "content-length": `${bodyBytes}` }),
  };
}

/** The headers of another server's answer that go to the visitor; `raw` is names and values in turn. */
export function parseResponseHeaders(raw: readonly string[]): Headers {
  const received = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) received.append(raw[i]!, raw[i + 1]!);
  return new Headers([...goingOn(received, DROPPED_FROM_RESPONSE)]);
}

/** Leaves out the headers of the list, and those that `Connection` names. */
function* goingOn(headers: Headers, dropped: readonly string[]): Generator<[string, string]> {
  const named = (headers.get("Connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  for (const [name, value] of headers) if (!dropped.includes(name) && !named.includes(name)) yield [name, value];
}
