import { splitUrl } from "#routing";
import { CLIENT_ADDRESS, CLIENT_SCHEME, REQUEST_ID } from "./control-socket.ts";
import type { AnswerControl } from "./listeners.ts";
import type { Log } from "./log.ts";

/** What concerns one connection alone (RFC 9110, section 7.6.1). The edge has said already that a body may come. */
const HOP_HEADERS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "expect"];
const RETRY_S = 1;

/**
 * Returns what has requests for the control plane answered by the server that started this edge, at its socket. Bodies are
 * streamed both ways; how long they may be silent, and how large they may be, is seen to where the client is connected.
 */
export const createPassOn =
  (socketPath: string, log: Log): AnswerControl =>
  (request, address, requestId) => {
    const headers = withoutHop(request.headers);
    headers.delete(CLIENT_ADDRESS);
    if (address !== null) headers.set(CLIENT_ADDRESS, address);
    headers.set(REQUEST_ID, requestId);
    headers.set(CLIENT_SCHEME, schemeOf(request));
    // Nobody speaks TLS at the socket.
    return passOn(request, request.url.replace(/^https:/, "http:"), { headers, unix: socketPath }, log);
  };

/**
 * The same by a control plane on another machine, whose origin is known when it is needed. There this edge is a proxy, to be
 * named by `--trust-proxy` as any other. So many are under way at once at most, `maxAtOnce`; others are told to come again.
 */
export function createPassOnTo(findOrigin: () => string, maxAtOnce: number, log: Log): AnswerControl {
  let underWay = 0;
  return async (request, address, requestId) => {
    if (underWay >= maxAtOnce) return refuse();
    const headers = withoutHop(request.headers);
    for (const name of [CLIENT_ADDRESS, CLIENT_SCHEME, REQUEST_ID, "x-forwarded-for"]) headers.delete(name);
    if (address !== null) headers.set("x-forwarded-for", address);
    headers.set("x-forwarded-proto", schemeOf(request));
    headers.set("x-request-id", requestId);
    const { path, query } = splitUrl(request.url);
    underWay++;
    try {
      return await passOn(request, `${findOrigin()}${path}${query}`, { headers }, log);
    } finally {
      underWay--;
    }
  };
}

async function passOn(request: Request, url: string, to: { headers: Headers; unix?: string }, log: Log) {
  try {
    const answer = await fetch(url, {
      ...to,
      method: request.method,
      body: request.body,
      redirect: "manual",
      decompress: false,
      timeout: false,
      signal: request.signal,
    } as BunFetchRequestInit);
    const isEmpty = [204, 205, 304].includes(answer.status);
    return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: withoutHop(answer.headers) });
  } catch (cause) {
    if (!request.signal.aborted) log(`The control plane does not answer ${request.method} ${request.url}`, cause);
    return refuse();
  }
}

const schemeOf = ({ url }: Request): string => (url.startsWith("https:") ? "https" : "http");

function withoutHop(from: Headers): Headers {
  const headers = new Headers(from);
  for (const name of HOP_HEADERS) headers.delete(name);
  return headers;
}

/** In the form of the API's own errors. */
const refuse = (): Response =>
  Response.json(
    { error: "unavailable", message: "The control plane is starting, ending or busy. Try again in a moment." },
    { status: 503, headers: { "cache-control": "no-store", "retry-after": String(RETRY_S) } },
  );
