import type { Certificate, Challenges } from "#pki";
import { type Edge, HSTS } from "#serve";
import type { Clients } from "./clients.ts";
import { drain, FAREWELL_MS } from "./drain.ts";
import type { EdgeSettings } from "./edge-settings.ts";
import { allowMigration } from "./migrate-connections.ts";
import { decidePlain } from "./plain-http.ts";
import { checkFree, openPort } from "./port-in-use.ts";
import type { Probes } from "./probes.ts";
import { inRequest } from "./request-id.ts";
import { listenTls, type TlsListener } from "./tls-listener.ts";

/** Answers a request for the control plane, by the address of the client and the id of the request. */
export type AnswerControl = (request: Request, address: string | null, requestId: string) => Promise<Response>;

/** What requests are handed to. */
export interface Planes {
  readonly edge: Pick<Edge, "fetch" | "fetchReady" | "parseHost">;
  readonly clients: Clients;
  readonly probes: Pick<Probes, "answer">;
  readonly answerControl: AnswerControl;
  readonly log: (message: string, cause: unknown) => void;
}

/** What HTTPS needs of certificates. */
export interface EdgeCertificates {
  readonly challenges: Pick<Challenges, "find">;
  /** For names that have no certificate. */
  readonly selfSigned: Certificate;
  /** Those that there are at the start. */
  readonly stored: readonly Certificate[];
}

export interface Listeners {
  readonly httpPort: number;
  readonly tls: TlsListener | undefined;
  /** The network address at the other end of a request's connection, on whichever port; null where it has ended. */
  peerOf(request: Request): string | null;
  /**
   * Takes no new connections, and lets requests under way end for so long. Before, for as long as they are busy and
   * `farewellMs` at most, HTTP/1.1 clients are told to close theirs.
   */
  stop(drainMs: number, farewellMs?: number): Promise<void>;
}

type Server = Bun.Server<undefined>;

/** A request to the API may take this long without a byte: a commit of many files waits for the disk. */
const API_IDLE_S = 240;

/** Opens the ports: HTTP, and HTTPS where there are certificates. Throws SitepodError `conflict` where one is in use. */
export function listen(
  options: EdgeSettings,
  certificates: EdgeCertificates | undefined,
  { edge, clients, probes, answerControl, log }: Planes,
): Listeners {
  const isShared = options.sharesPorts;
  const limits = {
    ...(options.host === undefined ? {} : { hostname: options.host }),
    // Whoever takes the place of this process listens beside it for a moment.
    ...(process.platform === "linux" ? { reusePort: true } : {}),
    maxRequestBodySize: maxBodyBytes(options.maxFileBytes),
  };

  const isForControl = (request: Request) => edge.parseHost(request.headers.get("host")).kind === "control";

  /** `received` is what came over the connection; `request` what the client sent, perhaps to a proxy. */
  function answer(request: Request, received: Request, server: Server): Response | Promise<Response> {
    if (!isForControl(request)) return edge.fetch(request);
    const probed = probes.answer(request);
    if (probed) return probed;
    server.timeout(received, API_IDLE_S);
    const requestId = clients.requestId(request);
    const response = inRequest(requestId, () => answerControl(request, clients.address(request), requestId));
    return addHeaders(response, { "X-Request-Id": requestId, ...(options.https ? HSTS : {}) });
  }
  const answerAny = (received: Request, server: Server) =>
    edge.fetchReady(received) ?? answer(clients.received(received), received, server);

  if (!isShared && process.platform === "linux") {
    openPort(options.port, () => checkFree(options.port, options.host));
  }
  allowMigration();
  if (!options.https || !certificates) {
    const http = openPort(options.port, () => Bun.serve({ port: options.port, ...limits, fetch: answerAny }));
    return {
      httpPort: http.port!,
      tls: undefined,
      peerOf: peerOf(http),
      stop: (drainMs, farewellMs = FAREWELL_MS) => drain(http, answerAny, drainMs, farewellMs),
    };
  }

  const { challenges, selfSigned, stored } = certificates;
  const { port, http3 } = options.https;
  const tls = openPort(port, () =>
    listenTls({ port, http3, ...limits, isShared, fetch: answerAny, selfSigned, log }, stored),
  );
  const publicUrl = options.publicUrl === undefined ? undefined : new URL(options.publicUrl);
  const publicPort = publicUrl?.protocol === "https:" ? Number(publicUrl.port || 443) : tls.port;

  function answerPlain(received: Request, server: Server): Response | Promise<Response> {
    const request = clients.received(received);
    // Whoever watches the server need not know of certificates.
    const probed = isForControl(request) ? probes.answer(request) : undefined;
    if (probed) return probed;
    const header = request.headers.get("host");
    const host = edge.parseHost(header).kind === "invalid" ? undefined : (header ?? undefined);
    const decision = decidePlain({ url: request.url, host, address: clients.address(request) }, publicPort);
    switch (decision.kind) {
      case "challenge":
        return challenges.find(new URL(request.url).pathname).then(respondChallenge);
      case "serve":
        return answer(request, received, server);
      case "redirect":
        return new Response(null, { status: 308, headers: { Location: decision.location } });
      default:
        return decision satisfies never;
    }
  }
  const http = openPort(options.port, () => Bun.serve({ port: options.port, ...limits, fetch: answerPlain }));
  return {
    httpPort: http.port!,
    tls,
    peerOf: peerOf(http),
    stop: async (drainMs, farewellMs = FAREWELL_MS) =>
      void (await Promise.all([drain(http, answerPlain, drainMs, farewellMs), tls.stop(drainMs, farewellMs)])),
  };
}

/** What a request may carry: a file, or several in one. */
export const maxBodyBytes = (maxFileBytes: number): number => Math.max(maxFileBytes, 64 * 1024 * 1024) + 1024 * 1024;

/** Any server of this process can tell of any request. */
const peerOf = (server: Server) => (request: Request) => server.requestIP(request)?.address ?? null;

async function addHeaders(answer: Promise<Response>, headers: Record<string, string>): Promise<Response> {
  const response = await answer;
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

function respondChallenge(answer: string | undefined): Response {
  const headers = { "Content-Type": "text/plain", "Cache-Control": "no-store" };
  return new Response(answer ?? "There is no such challenge.\n", { status: answer === undefined ? 404 : 200, headers });
}
