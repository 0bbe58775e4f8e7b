import { SitepodError } from "#model";
import { type Edge, HSTS } from "#serve";
import type { Clients } from "./clients.ts";
import type { CertificateKeeping } from "./keep-certificates.ts";
import { allowMigration } from "./migrate-connections.ts";
import { decidePlain } from "./plain-http.ts";
import type { ServeOptions } from "./serve-options.ts";
import { listenTls, type TlsListener } from "./tls-listener.ts";

/** What requests are handed to. */
export interface Planes {
  readonly edge: Pick<Edge, "fetch" | "fetchReady" | "parseHost">;
  readonly clients: Clients;
  readonly answerControl: (request: Request, address: string | null) => Promise<Response>;
  readonly log: (message: string, cause: unknown) => void;
}

export interface Listeners {
  readonly httpPort: number;
  readonly tls: TlsListener | undefined;
  /** The network address at the other end of a request's connection, on whichever port; null where it has ended. */
  peerOf(request: Request): string | null;
  /** Takes no new connections, and lets requests under way end for so long. */
  stop(drainMs: number): Promise<void>;
}

type Server = Bun.Server<undefined>;

/** A request to the API may take this long without a byte: a commit of many files waits for the disk. */
const API_IDLE_S = 240;
const DRAIN_POLL_MS = 20;

/** Opens the ports: HTTP, and HTTPS where there are certificates. Throws SitepodError `conflict` where one is in use. */
export function listen(
  options: ServeOptions,
  certificates: CertificateKeeping | undefined,
  { edge, clients, answerControl, log }: Planes,
): Listeners {
  const limits = {
    ...(options.host === undefined ? {} : { hostname: options.host }),
    maxRequestBodySize: Math.max(options.maxFileBytes, 64 * 1024 * 1024) + 1024 * 1024,
  };

  /** `received` is what came over the connection; `request` what the client sent, perhaps to a proxy. */
  function answer(request: Request, received: Request, server: Server): Response | Promise<Response> {
    if (edge.parseHost(request.headers.get("host")).kind !== "control") return edge.fetch(request);
    server.timeout(received, API_IDLE_S);
    const response = answerControl(request, clients.address(request));
    return options.https ? addHsts(response) : response;
  }
  const answerAny = (received: Request, server: Server) =>
    edge.fetchReady(received) ?? answer(clients.received(received), received, server);

  if (!options.https || !certificates) {
    const http = orInUse(options.port, () => Bun.serve({ port: options.port, ...limits, fetch: answerAny }));
    return { httpPort: http.port!, tls: undefined, peerOf: peerOf(http), stop: (drainMs) => drain(http, drainMs) };
  }

  allowMigration();
  const { challenges, selfSigned, stored } = certificates;
  const { port, http3 } = options.https;
  const tls = orInUse(port, () => listenTls({ port, http3, ...limits, fetch: answerAny, selfSigned, log }, stored));
  const { publicUrl } = options;
  const publicPort = publicUrl?.protocol === "https:" ? Number(publicUrl.port || 443) : tls.port;

  function answerPlain(received: Request, server: Server): Response | Promise<Response> {
    const request = clients.received(received);
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
  const http = orInUse(options.port, () => Bun.serve({ port: options.port, ...limits, fetch: answerPlain }));
  return {
    httpPort: http.port!,
    tls,
    peerOf: peerOf(http),
    stop: async (drainMs) => void (await Promise.all([drain(http, drainMs), tls.stop(drainMs)])),
  };
}

/** Any server of this process can tell of any request. */
const peerOf = (server: Server) => (request: Request) => server.requestIP(request)?.address ?? null;

async function addHsts(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  for (const [name, value] of Object.entries(HSTS)) response.headers.set(name, value);
  return response;
}

function respondChallenge(answer: string | undefined): Response {
  const headers = { "Content-Type": "text/plain", "Cache-Control": "no-store" };
  return new Response(answer ?? "There is no such challenge.\n", { status: answer === undefined ? 404 : 200, headers });
}

function orInUse<T>(port: number, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "EACCES") {
      throw new SitepodError("forbidden", `Port ${port} needs rights that this process has not. See the guide.`, {
        cause,
      });
    }
    if (code !== "EADDRINUSE") throw cause;
    throw new SitepodError(
      "conflict",
      `Port ${port} is in use. Stop what listens there, or choose another with --port or --https-port.`,
      { cause },
    );
  }
}

/** Lets requests under way end, but not wait for connections that are merely kept open. */
async function drain(server: Server, drainMs: number): Promise<void> {
  void server.stop();
  const deadlineMs = performance.now() + drainMs;
  while (server.pendingRequests > 0 && performance.now() < deadlineMs) await Bun.sleep(DRAIN_POLL_MS);
  await server.stop(true);
}
