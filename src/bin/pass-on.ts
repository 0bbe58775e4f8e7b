import { CLIENT_ADDRESS, CLIENT_SCHEME, REQUEST_ID } from "./control-socket.ts";
import type { AnswerControl } from "./listeners.ts";
import type { Log } from "./log.ts";

/** What concerns one connection alone (RFC 9110, section 7.6.1). The edge has said already that a body may come. */
const HOP_HEADERS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "expect"];
const RETRY_S = 1;

/**
 * Returns what has requests for the control plane answered by the server, at its socket. Bodies are streamed both ways;
 * how long they may be silent, and how large they may be, is seen to where the client is connected.
 */
export const createPassOn =
  (socketPath: string, log: Log): AnswerControl =>
  async (request, address, requestId) => {
    try {
      const answer = await fetch(request.url, {
        unix: socketPath,
        method: request.method,
        headers: headersFor(request, address, requestId),
        body: request.body,
        redirect: "manual",
        decompress: false,
        timeout: false,
        signal: request.signal,
      } as BunFetchRequestInit);
      const isEmpty = [204, 205, 304].includes(answer.status);
      return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: withoutHop(answer.headers) });
    } catch (cause) {
      if (!request.signal.aborted) log(`The server does not answer ${request.method} ${request.url}`, cause);
      return refuse();
    }
  };

/** A client's own word for who it is never reaches the server. */
function headersFor(request: Request, address: string | null, requestId: string): Headers {
  const headers = withoutHop(request.headers);
  headers.delete(CLIENT_ADDRESS);
  if (address !== null) headers.set(CLIENT_ADDRESS, address);
  headers.set(REQUEST_ID, requestId);
  headers.set(CLIENT_SCHEME, request.url.startsWith("https:") ? "https" : "http");
  return headers;
}

function withoutHop(from: Headers): Headers {
  const headers = new Headers(from);
  for (const name of HOP_HEADERS) headers.delete(name);
  return headers;
}

/** In the form of the API's own errors. */
const refuse = (): Response =>
  Response.json(
    { error: "unavailable", message: "The server is starting or ending. Try again in a moment." },
    { status: 503, headers: { "cache-control": "no-store", "retry-after": String(RETRY_S) } },
  );
