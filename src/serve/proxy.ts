import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { Readable } from "node:stream";
import { allowedLookup, hostnameOf, mayConnect, NOT_ALLOWED } from "./allowed-lookup.ts";
import { type PageName, respondPage } from "./pages.ts";
import { formatRequestHeaders, parseResponseHeaders, VIA } from "./proxy-headers.ts";

/**
 * Asks another server what a rule points to, on behalf of a visitor. `received` is the request as it came, where
 * `request` is one made of it.
 */
export type Proxy = (request: Request, received: Request, url: string) => Promise<Response>;

export interface ProxyOptions {
  /** Whether the server may connect to an IP address. */
  readonly isAllowedAddress: (address: string) => boolean;
  /** The client's network address, null where it is not known. */
  readonly addressOf: (request: Request) => string | null;
  /** Whether the browser came by HTTPS. */
  readonly isHttps: (request: Request) => boolean;
}

/** The visitor's connection is closed after ten seconds of silence, counted in steps of four: after eight at the earliest. */
const SILENCE_MS = 7000;
/** From the beginning of a request to the end of its answer. */
const TOTAL_MS = 120_000;
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const MAX_RESPONSE_BYTES = 100 * 1024 * 1024;
/** Requests to other servers at the same time, each with its body in memory. */
const MAX_REQUESTS = 100;

/** Makes a proxy that follows no redirects and connects only to addresses that are allowed. */
export function createProxy({ isAllowedAddress, addressOf, isHttps }: ProxyOptions): Proxy {
  let running = 0;
  const onEnd = () => void running--;
  return async (request, received, address) => {
    const { method } = request;
    if (request.headers.get("Via")?.includes(VIA)) return respondPage("proxyCircle", method);
    if (running >= MAX_REQUESTS) return respondPage("proxyBusy", method);
    running++;
    const url = new URL(address);
    const body = await readBody(request).catch(() => undefined);
    if (!body || !mayConnect(url, isAllowedAddress)) {
      onEnd();
      return respondPage(body ? "proxyRefused" : "tooLarge", method);
    }
    const visitor = { address: addressOf(received), isHttps: isHttps(received) };
    const headers = formatRequestHeaders(request, url.host, body.length, visitor);
    const exchange = await ask(url, { method, headers, body, isAllowedAddress, onEnd });
    return "failure" in exchange ? respondPage(exchange.failure, method) : respondWith(method, exchange.message);
  };
}

/** Reads a body; undefined where it is larger than is handed on. */
async function readBody(request: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface Question {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly isAllowedAddress: (address: string) => boolean;
  /** Called once, when the connection is closed. */
  readonly onEnd: () => void;
}

type Exchange = { readonly message: IncomingMessage } | { readonly failure: PageName };

function ask(url: URL, { method, headers, body, isAllowedAddress, onEnd }: Question): Promise<Exchange> {
  return new Promise((resolve) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const call = send({
      hostname: hostnameOf(url),
      port: url.port === "" ? undefined : Number(url.port),
      path: url.pathname + url.search,
      method,
      headers,
      agent: false,
      lookup: allowedLookup(isAllowedAddress),
    });
    const giveUp = setTimeout(() => call.destroy(), TOTAL_MS);
    call.setTimeout(SILENCE_MS, () => {
      resolve({ failure: "proxyTimeout" });
      call.destroy();
    });
    call.on("response", (message) => resolve({ message }));
    call.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ failure: error.code === NOT_ALLOWED ? "proxyRefused" : "proxyFailed" }),
    );
    call.once("close", () => {
      clearTimeout(giveUp);
      onEnd();
    });
    call.end(body);
  });
}

function respondWith(method: string, message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    return respondPage("proxyFailed", method);
  }
  const headers = parseResponseHeaders(message.rawHeaders);
  if (method === "HEAD" || [204, 205, 304].includes(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(Readable.from(bounded(message))) as unknown as ReadableStream, {
    status,
    headers,
  });
}

/** Ends in an error, which closes the visitor's connection, where the answer is too large or stops coming. */
async function* bounded(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) throw new Error("The answer of another server is too large");
    yield chunk;
  }
}
