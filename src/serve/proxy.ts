import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { type PageName, respondPage } from "./pages.ts";

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

/** Less than the ten seconds of silence after which the visitor's connection is closed. */
export const PROXY_SILENCE_MS = 9000;
/** From the beginning of a request to the end of its answer. */
export const PROXY_TOTAL_MS = 120_000;
export const MAX_PROXY_REQUEST_BYTES = 10 * 1024 * 1024;
export const MAX_PROXY_RESPONSE_BYTES = 100 * 1024 * 1024;
/** Requests to other servers at the same time. */
export const MAX_PROXY_REQUESTS = 200;

/** What concerns one connection (RFC 9110, section 7.6.1), and what a visitor says to this host alone. */
const DROPPED_FROM_REQUEST = [
  "authorization",
  "connection",
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
const VIA = "1.1 sitepod";

/** Makes a proxy that follows no redirects and connects only to addresses that are allowed. */
export function createProxy(options: ProxyOptions): Proxy {
  let running = 0;
  return async (request, received, url) => {
    if (request.headers.get("Via")?.includes(VIA)) return respondPage("proxyCircle", request.method);
    if (running >= MAX_PROXY_REQUESTS) return respondPage("proxyBusy", request.method);
    running++;
    try {
      const body = await readBody(request);
      if (!body) return respondPage("tooLarge", request.method);
      const headers = requestHeaders(request, received, body, options);
      const { isAllowedAddress } = options;
      const exchange = await ask(new URL(url), { method: request.method, headers, body, isAllowedAddress });
      if ("failure" in exchange) return respondPage(exchange.failure, request.method);
      return respondWith(request, exchange.message);
    } finally {
      running--;
    }
  };
}

/** Reads a body of at most `MAX_PROXY_REQUEST_BYTES`; undefined where it is larger. */
async function readBody(request: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_PROXY_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Exchange = { readonly message: IncomingMessage } | { readonly failure: PageName };

interface Question extends Pick<ProxyOptions, "isAllowedAddress"> {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function ask(url: URL, { method, headers, body, isAllowedAddress }: Question): Promise<Exchange> {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(hostname) !== 0 && !isAllowedAddress(hostname)) return Promise.resolve({ failure: "proxyRefused" });
  return new Promise((resolve) => {
    const settings: RequestOptions = {
      hostname,
      port: url.port === "" ? undefined : Number(url.port),
      path: url.pathname + url.search,
      method,
      headers: { ...headers, host: url.host },
      agent: false,
      lookup: allowedLookup(isAllowedAddress),
    };
    const call: ClientRequest = url.protocol === "https:" ? requestHttps(settings) : requestHttp(settings);
    const giveUp = setTimeout(() => call.destroy(), PROXY_TOTAL_MS);
    call.setTimeout(PROXY_SILENCE_MS, () => {
      resolve({ failure: "proxyTimeout" });
      call.destroy();
    });
    call.on("response", (message: IncomingMessage) => resolve({ message }));
    call.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ failure: error.code === NOT_ALLOWED ? "proxyRefused" : "proxyFailed" }),
    );
    call.on("close", () => clearTimeout(giveUp));
    call.end(body);
  });
}

const NOT_ALLOWED = "ERR_ADDRESS_NOT_ALLOWED";

/**
 * Resolves names for a connection, which is made to one of the addresses that were checked here: a name that answers
 * something else the next time (DNS rebinding) gains nothing.
 */
const allowedLookup =
  (isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, { all }, callback) => {
    const failed = (error: NodeJS.ErrnoException) => callback(error, "", 0);
    resolveAllowed(hostname, isAllowed).then(
      ([first, ...others]) => (all ? callback(null, [first, ...others]) : callback(null, first.address, first.family)),
      failed,
    );
  };

async function resolveAllowed(
  hostname: string,
  isAllowed: (address: string) => boolean,
): Promise<[LookupAddress, ...LookupAddress[]]> {
  const found = await lookup(hostname, { all: true });
  const [first, ...others] = found.filter(({ address }) => isAllowed(address));
  if (first) return [first, ...others];
  throw Object.assign(new Error(`No address of ${hostname} is allowed`), { code: NOT_ALLOWED });
}

function requestHeaders(
  request: Request,
  received: Request,
  body: Buffer,
  { addressOf, isHttps }: ProxyOptions,
): Record<string, string> {
  const headers = Object.fromEntries(withoutDropped(request.headers, DROPPED_FROM_REQUEST));
  const address = addressOf(received);
  return {
    ...headers,
    via: VIA,
    "x-forwarded-host": request.headers.get("Host") ?? "",
    "x-forwarded-proto": isHttps(received) ? "https" : "http",
    ...(address !== null && { "x-forwarded-for": address }),
    ...(body.length > 0 || !["GET", "HEAD"].includes(request.method) ? { "content-length": `${body.length}` } : {}),
  };
}

/** The headers that go on: without those of the list, and those that `Connection` names. */
function* withoutDropped(headers: Headers, dropped: readonly string[]): Generator<[string, string]> {
  const named = (headers.get("Connection") ?? "").split(",").map((name) => name.trim().toLowerCase());
  for (const [name, value] of headers) if (!dropped.includes(name) && !named.includes(name)) yield [name, value];
}

function respondWith({ method }: Request, message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  if (status < 200 || status > 599) {
    message.destroy();
    return respondPage("proxyFailed", method);
  }
  const received = new Headers();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    received.append(message.rawHeaders[i]!, message.rawHeaders[i + 1]!);
  }
  const headers = new Headers([...withoutDropped(received, DROPPED_FROM_RESPONSE)]);
  const hasBody = method !== "HEAD" && ![204, 205, 304].includes(status);
  if (!hasBody) message.resume();
  return new Response(hasBody ? (Readable.toWeb(Readable.from(bounded(message))) as unknown as ReadableStream) : null, {
    status,
    headers,
  });
}

/** Ends in an error, which closes the visitor's connection, where the answer is too large or stops coming. */
async function* bounded(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_PROXY_RESPONSE_BYTES) {
      message.destroy();
      throw new Error("The answer of another server is too large");
    }
    yield chunk;
  }
}
